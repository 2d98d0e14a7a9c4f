-- The relation `late` of worth_owed.sql: what may be collected now of each late invoice, with the newest forecast of it.
select l.buyer_id, l.currency, l.days_past_due, l.collectable_minor as minor,
       f.late_chance, f.late_30_chance
from (/* late_items.sql */) l
left join invoice_forecast f
  on f.seller_id = %(seller)s and f.invoice_id = l.invoice_id
 and f.model_id = (select m.id from payer_model m where m.seller_id = %(seller)s
                   order by m.trained_at desc, m.id desc limit 1)
where l.days_past_due > 0 and l.collectable_minor > 0 and not l.is_frozen
  and (%(buyer)s::uuid is null or l.buyer_id = %(buyer)s)
