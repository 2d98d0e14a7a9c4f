-- What came in for every running plan since it began: money and credit that settled its papers, and money of
-- the buyer that settles nothing yet. A plan pays its oldest invoice first (TRM-04 check 6), so that what came in
-- for the plan counts, not for which invoice.
create temp table plan_receipt on commit drop as
select p.id as plan_id, p.buyer_id, p.currency::text as currency, p.started_on, p.yearly_percent, p.retention_minor,
       b.country, coalesce(settled.minor, 0) as settled_minor,
       coalesce(settled.minor, 0) + coalesce(waiting.minor, 0) as minor
from payment_plan p
join buyer b on b.seller_id = p.seller_id and b.id = p.buyer_id
left join (
  select x.plan_id, sum(a.amount_minor - a.discount_minor - a.write_off_minor)::bigint as minor
  from payment_plan_invoice x
  join payment_plan q on q.seller_id = x.seller_id and q.id = x.plan_id and q.state = 'running'
  join allocation a on a.seller_id = x.seller_id and a.invoice_id = x.invoice_id
  join payment y on y.seller_id = a.seller_id and y.id = a.payment_id
  where x.seller_id = %(seller)s and y.kind in ('receipt', 'offset')
    and y.paid_on between q.started_on and %(as_of)s
  group by x.plan_id
) settled on settled.plan_id = p.id
left join (
  select q.id as plan_id, sum(y.unallocated_minor)::bigint as minor
  from payment_plan q
  join payment y on y.seller_id = q.seller_id and y.buyer_id = q.buyer_id and y.currency = q.currency
  where q.seller_id = %(seller)s and q.state = 'running' and y.kind = 'receipt' and y.unallocated_minor > 0
    and y.paid_on between q.started_on and %(as_of)s
  group by q.id
) waiting on waiting.plan_id = p.id
where p.seller_id = %(seller)s and p.state = 'running' and p.currency is not null
  and (%(plan)s::uuid is null or p.id = %(plan)s)
