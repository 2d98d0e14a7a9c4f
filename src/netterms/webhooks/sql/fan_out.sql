-- Make the deliveries of events written by transactions from %(since)s and below %(horizon)s, which are
-- all over. Nothing is told before what happened earlier: where an event has a smaller id than one
-- found, but its transaction is not below the horizon yet, the rest waits for it.
with unsettled as materialized (
  select id from event
  where seller_id = %(seller)s and tx >= %(horizon)s
  order by id limit 1
), found as materialized (
  select id, tx, kind, coalesce(facts ->> 'buyer_id', facts ->> 'buyer', subject_id::text) as queue
  from event
  where seller_id = %(seller)s and tx >= %(since)s and tx < %(horizon)s
), upto as (
  select coalesce((select min(f.tx) from found f, unsettled u where f.id > u.id), %(horizon)s) as tx
), made as (
  insert into webhook_delivery (seller_id, endpoint_id, event_id, kind, queue, next_at, created_at)
  select %(seller)s, e.id, f.id, f.kind, f.queue, %(now)s, %(now)s
  from found f
  join upto on f.tx < upto.tx
  join webhook_endpoint e
    on e.seller_id = %(seller)s and e.enabled and e.removed_at is null and f.id > e.from_event
   and (e.kinds = '{}' or f.kind = any (e.kinds))
  order by f.id
  on conflict (seller_id, endpoint_id, event_id) do nothing
  returning 1
)
select upto.tx, (select count(*) from made) as made from upto
