-- Caps of the buyers named and of every company below them.
select refresh_caps(array(
  with recursive below (id) as (
    select unnest(%(buyers)s::uuid[])
    union
    select b.id from below u join buyer b on b.seller_id = %(seller)s and b.parent_id = u.id
  )
  select id from below
), %(today)s)
