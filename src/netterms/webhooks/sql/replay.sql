-- Go on with the oldest replay that no other worker has: the next %(most)s events of its range are told
-- again, or at last. Deliveries that are there start anew, events without one get one.
with asked as materialized (
  select r.id, r.endpoint_id, r.since, r.until, r.after_event, e.kinds
  from webhook_replay r
  join webhook_endpoint e on e.seller_id = r.seller_id and e.id = r.endpoint_id
  where r.seller_id = %(seller)s and not r.done and e.removed_at is null
  order by r.id
  limit 1
  for update of r skip locked
), found as materialized (
  select v.id, v.kind, coalesce(v.facts ->> 'buyer_id', v.facts ->> 'buyer', v.subject_id::text) as queue
  from event v
  join asked a on v.id > a.after_event
   and v.happened_at >= a.since and v.happened_at <= a.until
   and (a.kinds = '{}' or v.kind = any (a.kinds))
  where v.seller_id = %(seller)s
  order by v.id
  limit %(most)s
), made as (
  insert into webhook_delivery (seller_id, endpoint_id, event_id, kind, queue, next_at, created_at)
  select %(seller)s, a.endpoint_id, s.id, s.kind, s.queue, %(now)s, %(now)s
  from found s, asked a
  order by s.id
  on conflict (seller_id, endpoint_id, event_id) do update
    set state = 'pending', tries = 0, next_at = %(now)s
)
update webhook_replay r
set after_event = coalesce((select max(id::text)::uuid from found), r.after_event),
    done = (select count(*) from found) < %(most)s
from asked a
where r.seller_id = %(seller)s and r.id = a.id
