-- Open debts of the buyers to claim for, by the policy in whose time they were invoiced, with what was
-- paid and what is disputed of each. The limit is the one of the day of the invoice: a lower one later
-- leaves older debts under cover (TCI-21). Other currencies than the policy's are left out.
-- A credit note stands beside the debts of each policy; it counts once.
select p.id as policy_id, p.insurer, i.id as invoice_id, p.currency::text as currency, p.terms, b.id as buyer_id, b.insolvent_on,
       l.kind as cover_kind, coalesce(l.amount_minor, 0) as limit_minor,
       i.invoice_number, i.kind, i.issued_on, i.due_on, i.amount_minor,
       i.amount_minor - i.open_minor as paid_minor,
       least(i.open_minor, coalesce((
         select sum(d.amount_minor) from dispute d
         where d.seller_id = i.seller_id and d.invoice_id = i.id and d.settled_on is null), 0)
       )::bigint as disputed_minor,
       held.days as disputes
from insurance_policy p
join invoice i on i.seller_id = p.seller_id and i.buyer_id = any(%(buyers)s) and i.open_minor > 0
              and i.currency = p.currency and i.issued_on <= %(as_of)s
              and (i.kind = 'credit_note' or i.issued_on between p.starts_on and p.ends_on)
join buyer b on b.seller_id = p.seller_id and b.id = i.buyer_id
left join lateral (
  select x.kind, x.amount_minor
  from insured_limit x
  where x.seller_id = p.seller_id and x.policy_id = p.id and x.buyer_id = i.buyer_id
    and x.starts_on <= i.issued_on and (x.ends_on is null or x.ends_on >= i.issued_on)
  order by x.starts_on desc, x.id desc
  limit 1
) l on true
cross join lateral (select i.id, i.open_minor) oldest
cross join lateral (
  /* held_days.sql */
) held
where p.seller_id = %(seller)s
  and not exists (
    select from claim c
    where c.seller_id = p.seller_id and c.policy_id = p.id and c.buyer_id = b.id
      and c.currency = p.currency and c.state not in ('refused', 'closed'))
order by b.id, p.insurer, p.currency, p.starts_on, p.id, i.due_on, i.id
