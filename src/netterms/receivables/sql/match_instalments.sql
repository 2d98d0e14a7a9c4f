-- Lines that bring to the cent what the next instalments of a running plan lack, one, two or more together, with the
-- invoices of the plan (collection/plan_rules.py says the same of a receipt). Nothing of it was asked for by number.
with running as (
  select p.id, b.n as buyer, p.currency::text as currency, p.started_on
  from payment_plan p
  join match_buyer b on b.id = p.buyer_id
  where p.seller_id = %(seller)s and p.state = 'running' and p.currency is not null
    and p.currency in (select currency from match_line)
),
came as (
  select r.id, coalesce(sum(a.amount_minor - a.discount_minor - a.write_off_minor), 0) as minor
  from running r
  join payment_plan_invoice x on x.seller_id = %(seller)s and x.plan_id = r.id
  join allocation a on a.seller_id = x.seller_id and a.invoice_id = x.invoice_id
  join payment y on y.seller_id = a.seller_id and y.id = a.payment_id
  where y.kind in ('receipt', 'offset') and y.paid_on >= r.started_on
  group by r.id
),
lacking as (
  select r.id, r.buyer, r.currency, r.started_on,
         sum(i.payment_minor) over (partition by r.id order by i.number) - coalesce(c.minor, 0) as minor
  from running r
  join plan_instalment i on i.seller_id = %(seller)s and i.plan_id = r.id
  left join came c on c.id = r.id
)
select l.n, k.buyer,
       array(
         select o.n from payment_plan_invoice x join match_open o on o.id = x.invoice_id
         where x.seller_id = %(seller)s and x.plan_id = k.id) as items
from lacking k
join match_line l on l.currency = k.currency and l.amount_minor = k.minor and l.booked_on >= k.started_on
where k.minor > 0
