-- The currencies in which buyers were scored without a payment, such as new ones at checkout.
select distinct s.buyer_id::text as buyer, s.currency::text as currency
from score s
where s.seller_id = %(seller)s and s.payment_index is null
  and s.buyer_id in (select buyer_id from to_score)
