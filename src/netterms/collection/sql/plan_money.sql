-- Money of the buyers of %(plans)s that came in since their plans began and settles nothing yet, in the order it
-- came, locked.
select p.id as plan_id, y.id, y.paid_on, y.reference, y.unallocated_minor as minor,
       not exists (
         select from allocation a where a.seller_id = y.seller_id and a.payment_id = y.id) as untouched,
       exists (
         select from invoice i
         where i.seller_id = y.seller_id and i.buyer_id = y.buyer_id and i.open_minor > 0 and i.kind = 'invoice'
           and length(i.invoice_number) > 2 and position(upper(i.invoice_number) in upper(y.reference)) > 0
           and not exists (
             select from payment_plan_invoice x
             where x.seller_id = i.seller_id and x.plan_id = p.id and x.invoice_id = i.id)
       ) as names_other
from payment y
join payment_plan p on p.seller_id = y.seller_id and p.buyer_id = y.buyer_id and p.currency = y.currency
where y.seller_id = %(seller)s and p.id = any(%(plans)s::uuid[]) and y.kind = 'receipt' and y.unallocated_minor > 0
  and y.paid_on between p.started_on and %(as_of)s
order by y.id
for update of y
