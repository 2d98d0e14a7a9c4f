-- How many payments there are, in all and unallocated.
select count(*)::bigint as all, count(*) filter (where p.unallocated_minor > 0)::bigint as waiting
from payment p
join buyer b on b.seller_id = p.seller_id and b.id = p.buyer_id
where p.seller_id = %(seller)s and p.kind in ('receipt', 'refund')
  and (%(buyer)s::uuid is null or p.buyer_id = %(buyer)s)
  and (%(text)s = '' or strpos(lower(p.reference), lower(%(text)s)) > 0 or strpos(lower(b.name), lower(%(text)s)) > 0
       or b.buyer_number = %(text)s)
