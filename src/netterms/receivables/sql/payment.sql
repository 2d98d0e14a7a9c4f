-- One payment, of any kind.
select p.id, p.buyer_id, b.name as buyer_name, b.buyer_number, p.kind, p.currency::text as currency, p.amount_minor,
       p.unallocated_minor, p.paid_on, p.reference, p.channel, p.source_id, p.refund_of
from payment p
join buyer b on b.seller_id = p.seller_id and b.id = p.buyer_id
where p.seller_id = %(seller)s and p.id = %(id)s
