-- Limits in force of the buyers and kinds named: they end where the new ones start.
update insured_limit l
set ends_on = greatest(l.starts_on, n.ends_on)
from unnest(%(numbers)s::text[], %(ends)s::date[], %(kinds)s::text[]) as n(buyer_number, ends_on, kind)
join buyer b on b.seller_id = %(seller)s and b.buyer_number = n.buyer_number
where l.seller_id = %(seller)s and l.policy_id = %(policy)s and l.buyer_id = b.id and l.kind = n.kind
  and (l.ends_on is null or l.ends_on > n.ends_on)
