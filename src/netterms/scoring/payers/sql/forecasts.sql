-- The newest forecast of each open invoice, of one buyer or of those named, as known on %(as_of)s. What the day
-- has shown goes before what was expected: an open invoice is not paid in the past.
select distinct on (f.invoice_id)
       f.invoice_id,
       greatest(i.due_on + f.days_late, %(as_of)s::date) as expected_on,
       case when i.due_on < %(as_of)s then 1 else f.late_chance end as late_chance,
       case when i.due_on + 30 <= %(as_of)s then 1 else f.late_30_chance end as late_30_chance
from invoice_forecast f
join payer_model m on m.seller_id = f.seller_id and m.id = f.model_id
join invoice i on i.seller_id = f.seller_id and i.id = f.invoice_id
where f.seller_id = %(seller)s and f.forecast_on <= %(as_of)s
  and (%(buyer)s::uuid is null or i.buyer_id = %(buyer)s)
  and (%(invoices)s::uuid[] is null or f.invoice_id = any(%(invoices)s::uuid[]))
  and (i.settled_on is null or i.settled_on > %(as_of)s)
order by f.invoice_id, m.trained_at desc, m.id desc
