-- Take deliveries that are due: the first of each queue, which no other worker has. They are this
-- worker's until %(until)s; if it dies, another takes them then.
with due as (
  select d.seller_id, d.id
  from webhook_delivery d
  join webhook_endpoint e on e.seller_id = d.seller_id and e.id = d.endpoint_id
  where d.seller_id = %(seller)s and d.state = 'pending' and d.next_at <= %(now)s
    and e.enabled and e.removed_at is null
    and not exists (
      select from webhook_delivery b
      where b.seller_id = d.seller_id and b.endpoint_id = d.endpoint_id and b.queue = d.queue
        and b.state = 'pending' and b.event_id < d.event_id)
  order by d.next_at, d.event_id
  limit %(most)s
  for update of d skip locked
), taken as (
  update webhook_delivery d
  set next_at = %(until)s, attempts = attempts + 1, tries = tries + 1
  from due
  where d.seller_id = due.seller_id and d.id = due.id
  returning d.*
)
select t.id, t.endpoint_id, t.event_id, t.attempts, t.tries, e.url, e.secret,
       case when e.old_secret_until > %(now)s then e.old_secret end as old_secret,
       v.kind, v.happened_at, v.business_date, v.subject_id, v.facts
from taken t
join webhook_endpoint e on e.seller_id = t.seller_id and e.id = t.endpoint_id
join event v on v.seller_id = t.seller_id and v.id = t.event_id
order by t.event_id
