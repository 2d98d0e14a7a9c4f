-- New limits under a policy, by buyer number.
insert into insured_limit (seller_id, policy_id, buyer_id, kind, amount_minor, starts_on)
select %(seller)s, %(policy)s, b.id, n.kind, n.amount_minor, n.starts_on
from unnest(%(numbers)s::text[], %(amounts)s::bigint[], %(starts)s::date[], %(kinds)s::text[])
  as n(buyer_number, amount_minor, starts_on, kind)
join buyer b on b.seller_id = %(seller)s and b.buyer_number = n.buyer_number
