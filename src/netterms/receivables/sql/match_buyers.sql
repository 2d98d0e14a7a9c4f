-- Buyers that owe something, and those that may pay for them: of the same group (buyers, parent_id). Each has a small
-- number of its own, and its group's ultimate parent where it has one. Who stands in a loop has none.
create temp table match_buyer on commit drop as
with recursive member as (
  select distinct p.id, p.id as top
  from buyer b join buyer p on p.seller_id = b.seller_id and p.id = b.parent_id
  where b.seller_id = %(seller)s and b.parent_id is not null and p.parent_id is null
  union
  select b.id, m.top from member m join buyer b on b.seller_id = %(seller)s and b.parent_id = m.id
),
owing as materialized (
  select distinct buyer_id as id from invoice where seller_id = %(seller)s and open_minor > 0 and kind = 'invoice'
),
paying as (
  select id from owing
  union
  select m.id from member m
  where m.top in (select x.top from member x join owing o on o.id = x.id)
)
select (row_number() over (order by p.id))::int as n, p.id, m.top
from paying p left join member m on m.id = p.id
