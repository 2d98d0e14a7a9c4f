-- Lines of a cap that is about to go leave it; locked in the order of every lock, before the cap.
with mine as materialized (
  select l.buyer_id, l.currency from credit_line l
  where l.seller_id = %(seller)s and %(cap)s = any (l.cap_ids)
  order by l.buyer_id, l.currency
  for update
)
update credit_line l
set cap_ids = array_remove(l.cap_ids, %(cap)s),
    cap_rate = case when array_remove(l.cap_ids, %(cap)s) <> '{}' then l.cap_rate end
from mine m
where l.seller_id = %(seller)s and l.buyer_id = m.buyer_id and l.currency = m.currency
