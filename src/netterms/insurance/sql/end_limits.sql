-- Any decision of the insurer ends what was in force of the buyer before (TCI-04), whatever its kind. A limit that
-- started on the same day was never in force: it ends before it starts.
update insured_limit l
set ends_on = n.ends_on
from unnest(%(numbers)s::text[], %(ends)s::date[]) as n(buyer_number, ends_on)
join buyer b on b.seller_id = %(seller)s and b.buyer_number = n.buyer_number
where l.seller_id = %(seller)s and l.policy_id = %(policy)s and l.buyer_id = b.id
  and (l.ends_on is null or l.ends_on > n.ends_on)
