-- Running plans with interest to book or money to settle, locked; after plan_receipts.sql. Its first invoice is the
-- one its notes add to.
select p.id, p.buyer_id, r.currency, r.settled_minor, first.id as first_invoice, first.invoice_number as first_number,
       exists (
         select from invoice i
         where i.seller_id = p.seller_id and i.buyer_id = p.buyer_id and i.currency = p.currency
           and i.kind = 'invoice' and i.open_minor > 0 and not exists (
             select from payment_plan_invoice x
             where x.seller_id = i.seller_id and x.plan_id = p.id and x.invoice_id = i.id)
       ) as owes_elsewhere
from payment_plan p
join plan_receipt r on r.plan_id = p.id
join lateral (
  select i.id, i.invoice_number from payment_plan_invoice x
  join invoice i on i.seller_id = x.seller_id and i.id = x.invoice_id
  where x.seller_id = p.seller_id and x.plan_id = p.id and not exists (
    select from plan_interest n where n.seller_id = i.seller_id and n.invoice_id = i.id and n.plan_id = p.id)
  order by i.due_on, i.id limit 1
) first on true
where p.seller_id = %(seller)s and p.state = 'running'
  and (%(plan)s::uuid is not null or r.minor > r.settled_minor or exists (
    select from plan_instalment i
    where i.seller_id = p.seller_id and i.plan_id = p.id and i.due_on <= %(as_of)s and i.interest_minor > 0
      and not exists (
        select from plan_interest n
        where n.seller_id = i.seller_id and n.plan_id = i.plan_id and n.number = i.number)))
order by p.id
for update of p
