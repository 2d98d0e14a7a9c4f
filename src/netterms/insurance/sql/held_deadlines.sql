-- Invoices whose deadlines are set and which were disputed whole, for the clock that stood still meanwhile (TCI-12).
-- A dispute not settled yet counts until today: every day moves the end by a day. Few are disputed: it begins there.
select p.id as policy_id, p.terms, p.ends_on as policy_ends_on, oldest.buyer_id, oldest.id as invoice_id,
       oldest.issued_on, oldest.due_on, b.insolvent_on, held.days as disputes
from (
  select distinct i.id, i.buyer_id, i.issued_on, i.due_on, i.open_minor, l.policy_id
  from dispute c
  join invoice i on i.seller_id = c.seller_id and i.id = c.invoice_id and i.open_minor > 0
  join policy_deadline l on l.seller_id = c.seller_id and l.invoice_id = i.id and l.state = 'open'
  where c.seller_id = %(seller)s
) oldest
join insurance_policy p on p.seller_id = %(seller)s and p.id = oldest.policy_id
left join buyer b on b.seller_id = %(seller)s and b.id = oldest.buyer_id and b.insolvent_on is not null
cross join lateral (/* held_days.sql */) held
where held.days <> '[]' and (oldest.due_on < %(as_of)s or b.insolvent_on <= %(as_of)s)
  and exists (
    select from insured_limit x
    where x.seller_id = p.seller_id and x.policy_id = p.id and x.buyer_id = oldest.buyer_id
      and x.starts_on <= %(as_of)s and x.amount_minor > 0)
