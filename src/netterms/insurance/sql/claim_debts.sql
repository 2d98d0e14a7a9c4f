-- Open debts of the buyers to claim for, under the policy that covers them on this day, with what was
-- paid and what is disputed of each. Invoices in another currency than the policy's are left out.
select p.id as policy_id, p.currency::text as currency, p.terms, p.ends_on as policy_ends_on, b.id as buyer_id,
       b.insolvent_on, l.kind as cover_kind, l.amount_minor as limit_minor,
       i.invoice_number, i.kind, i.due_on, i.amount_minor, i.amount_minor - i.open_minor as paid_minor,
       least(i.open_minor, coalesce((
         select sum(d.amount_minor) from dispute d
         where d.seller_id = i.seller_id and d.invoice_id = i.id and d.settled_on is null), 0)
       )::bigint as disputed_minor
from insurance_policy p
join lateral (
  select distinct on (x.buyer_id) x.buyer_id, x.kind, x.amount_minor
  from insured_limit x
  where x.seller_id = p.seller_id and x.policy_id = p.id and x.buyer_id = any(%(buyers)s)
    and x.starts_on <= %(as_of)s
  order by x.buyer_id, x.starts_on desc, x.id desc
) l on true
join buyer b on b.seller_id = p.seller_id and b.id = l.buyer_id
join invoice i on i.seller_id = p.seller_id and i.buyer_id = b.id and i.open_minor > 0
              and i.currency = p.currency and i.issued_on <= %(as_of)s
where p.seller_id = %(seller)s and %(as_of)s between p.starts_on and p.ends_on
  and not exists (
    select from claim c
    where c.seller_id = p.seller_id and c.policy_id = p.id and c.buyer_id = b.id
      and c.currency = p.currency and c.state not in ('refused', 'closed'))
order by p.id, b.id, i.due_on, i.id
