-- The relation `late` of worth.sql: what may be collected now of each late invoice, in the seller's own currency
-- (null without a rate), with the newest forecast of it.
select l.buyer_id, l.days_past_due, l.collectable_minor * r.rate as home_minor, f.late_chance, f.late_30_chance
from (/* late items */) l
join (
  select known.currency, newest_minor_rate(known.currency, s.currency::text, %(as_of)s) as rate
  from (select distinct currency::text as currency from invoice
        where seller_id = %(seller)s and (%(buyer)s::uuid is null or buyer_id = %(buyer)s)) known
  cross join seller s
  where s.seller_id = %(seller)s
  offset 0 -- Once a currency, not once an invoice.
) r on r.currency = l.currency::text
left join invoice_forecast f
  on f.seller_id = %(seller)s and f.invoice_id = l.invoice_id
 and f.model_id = (select m.id from payer_model m where m.seller_id = %(seller)s
                   order by m.trained_at desc, m.id desc limit 1)
where l.days_past_due > 0 and l.collectable_minor > 0 and not l.is_frozen
  and (%(buyer)s::uuid is null or l.buyer_id = %(buyer)s)
