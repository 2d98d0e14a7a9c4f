-- New limits under a policy, by buyer number. None outlives its policy.
insert into insured_limit (seller_id, policy_id, buyer_id, kind, amount_minor, starts_on, granted_until, ends_on)
select %(seller)s, p.id, b.id, n.kind, n.amount_minor, n.starts_on, n.granted_until,
       least(coalesce(n.granted_until, p.ends_on), p.ends_on)
from unnest(%(numbers)s::text[], %(amounts)s::bigint[], %(starts)s::date[], %(untils)s::date[], %(kinds)s::text[])
  as n(buyer_number, amount_minor, starts_on, granted_until, kind)
join buyer b on b.seller_id = %(seller)s and b.buyer_number = n.buyer_number
join insurance_policy p on p.seller_id = %(seller)s and p.id = %(policy)s
