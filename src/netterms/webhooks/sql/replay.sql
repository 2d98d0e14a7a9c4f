-- Tell an endpoint again, or at last, of what happened from %(since)s until %(until)s: deliveries that
-- are there start anew, events without one get one.
insert into webhook_delivery (seller_id, endpoint_id, event_id, kind, queue, next_at, created_at)
select v.seller_id, e.id, v.id, v.kind, coalesce(v.facts ->> 'buyer_id', v.subject_id::text),
       %(now)s, %(now)s
from event v
join webhook_endpoint e on e.seller_id = v.seller_id and e.id = %(endpoint)s
where v.seller_id = %(seller)s and v.happened_at >= %(since)s and v.happened_at <= %(until)s
  and (e.kinds = '{}' or v.kind = any (e.kinds))
order by v.id
on conflict (seller_id, endpoint_id, event_id) do update
  set state = 'pending', tries = 0, next_at = %(now)s
