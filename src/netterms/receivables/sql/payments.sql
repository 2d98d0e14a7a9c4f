-- Payments, those that still wait for invoices first.
select p.id, p.buyer_id, b.name as buyer_name, b.buyer_number, p.kind, p.currency::text as currency, p.amount_minor,
       p.unallocated_minor, p.paid_on, p.reference, p.channel, p.source_id, p.refund_of
from payment p
join buyer b on b.seller_id = p.seller_id and b.id = p.buyer_id
where p.seller_id = %(seller)s and p.kind in ('receipt', 'refund')
  and (%(buyer)s::uuid is null or p.buyer_id = %(buyer)s)
  and (not %(waiting)s or p.unallocated_minor > 0)
  and (%(text)s = '' or strpos(lower(p.reference), lower(%(text)s)) > 0 or strpos(lower(b.name), lower(%(text)s)) > 0
       or b.buyer_number = %(text)s)
order by p.unallocated_minor > 0 desc, p.paid_on desc, p.id desc
limit %(most)s offset %(skip)s
