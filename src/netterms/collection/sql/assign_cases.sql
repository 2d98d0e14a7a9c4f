-- Cases without an owner go to the person of the first rule that fits their buyer.
with fitting as (
  select distinct on (c.id) c.id, r.owner
  from collection_case c
  join buyer b on b.seller_id = c.seller_id and b.id = c.buyer_id
  join collector_rule r on r.seller_id = c.seller_id
   and (r.country = '' or r.country = b.country)
   and (r.segment = '' or r.segment = b.sector or (r.segment = 'key_account' and b.key_account)
        or (r.segment = 'others' and not b.key_account))
  where c.seller_id = %(seller)s and c.closed_on is null and c.owner = ''
  order by c.id, r.position, r.id
)
update collection_case c
set owner = f.owner
from fitting f
where c.seller_id = %(seller)s and c.id = f.id
