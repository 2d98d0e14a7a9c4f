-- The relation `receipt_fact` of collector_days.sql: what came in from buyers that were contacted.
select r.buyer_id, r.paid_on,
       r.amount_minor * newest_minor_rate(r.currency::text, s.currency::text, r.paid_on) as home_minor
from payment r
join seller s on s.seller_id = r.seller_id
where r.seller_id = %(seller)s and r.kind = 'receipt' and r.refund_of is null and r.paid_on >= %(since)s
  and r.buyer_id in (select buyer_id from contact_made
                     where seller_id = %(seller)s and made_on between %(since)s and %(until)s)
