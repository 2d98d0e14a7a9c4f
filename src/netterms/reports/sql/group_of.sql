-- The companies above a buyer, up to the one on top; and how many of the seller's buyers stand below
-- that one, itself included.
with recursive above as (
  select b.id, b.parent_id, b.name, b.buyer_number, b.country, 0 as level
  from buyer b where b.seller_id = %(seller)s and b.id = %(buyer)s
  union all
  select p.id, p.parent_id, p.name, p.buyer_number, p.country, a.level + 1
  from above a join buyer p on p.seller_id = %(seller)s and p.id = a.parent_id
  where a.level < 32
),
top as (select id from above order by level desc limit 1),
below as (
  select id, 0 as level from top
  union all
  select b.id, w.level + 1
  from below w join buyer b on b.seller_id = %(seller)s and b.parent_id = w.id
  where w.level < 32
)
select name, buyer_number, country, level, (select count(distinct id) from below)::int as members
from above where level > 0
order by level
