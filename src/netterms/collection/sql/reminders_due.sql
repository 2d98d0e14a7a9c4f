-- Reminders to send now, each with the invoices it speaks of: late, without what is disputed or in a
-- running plan. While a promise is open they wait.
select a.id as action_id, a.buyer_id, b.name as buyer_name, b.email, b.language, b.country, a.attempts,
       s.name as seller_name, s.email as seller_email, items.list as invoices
from collection_action a
join buyer b on b.seller_id = a.seller_id and b.id = a.buyer_id
join seller s on s.seller_id = a.seller_id
cross join lateral (
  select coalesce(jsonb_agg(jsonb_build_object(
           'number', i.invoice_number, 'issued_on', i.issued_on, 'due_on', i.due_on,
           'currency', i.currency, 'open_minor', i.open_minor - disputed.minor) order by i.due_on, i.invoice_number), '[]') as list
  from invoice i
  join invoice_stage g on g.seller_id = i.seller_id and g.invoice_id = i.id
  cross join lateral (
    select coalesce(sum(d.amount_minor), 0)::bigint as minor
    from dispute d
    where d.seller_id = i.seller_id and d.invoice_id = i.id and d.settled_on is null
  ) disputed
  where i.seller_id = a.seller_id and i.buyer_id = a.buyer_id and i.open_minor > disputed.minor
    and i.due_on < %(as_of)s
    and not exists (
      select from payment_plan_invoice x
      join payment_plan p on p.seller_id = x.seller_id and p.id = x.plan_id
      where x.seller_id = i.seller_id and x.invoice_id = i.id and p.state in ('accepted', 'running'))
) items
where a.seller_id = %(seller)s and a.step = 'email_reminder' and a.state in ('planned', 'sending')
  and a.due_on <= %(as_of)s
  and (%(last)s::uuid is null or a.id > %(last)s)
  and not exists (
    select from promise p
    where p.seller_id = a.seller_id and p.buyer_id = a.buyer_id and p.state = 'open')
order by a.id
limit %(most)s
