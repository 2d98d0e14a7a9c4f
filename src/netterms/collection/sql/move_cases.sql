-- One case a buyer: opened on the first late day, moved with its stage, closed when nothing is late.
-- While all that is late is disputed the case rests: it is not paid, and nobody is chased.
with opened as (
  insert into collection_case (seller_id, buyer_id, stage, opened_on, stage_since)
  select %(seller)s, s.buyer_id, s.stage, %(as_of)s, %(as_of)s
  from standing s
  where s.stage > 0 and not exists (
    select from collection_case c
    where c.seller_id = %(seller)s and c.buyer_id = s.buyer_id and c.closed_on is null)
  on conflict (seller_id, buyer_id) where closed_on is null do nothing
  returning buyer_id, stage
),
moved as (
  update collection_case c
  set stage = s.stage,
      stage_since = case when c.stage = s.stage then c.stage_since else %(as_of)s end,
      state = case c.state when 'disputed' then 'open' else c.state end
  from standing s
  where c.seller_id = %(seller)s and c.closed_on is null and c.buyer_id = s.buyer_id
    and s.stage > 0 and (c.stage <> s.stage or c.state = 'disputed')
  returning c.buyer_id, c.stage
),
resting as materialized (
  select buyer_id from standing where stage = 0 and is_disputed
),
disputed as (
  update collection_case c
  set state = 'disputed'
  from resting r
  where c.seller_id = %(seller)s and c.closed_on is null and c.buyer_id = r.buyer_id
    and c.state in ('open', 'promised')
),
closed as (
  update collection_case c
  set state = 'closed_paid', closed_on = %(as_of)s
  where c.seller_id = %(seller)s and c.closed_on is null
    and not exists (select from standing s where s.buyer_id = c.buyer_id and s.stage > 0)
    and not exists (select from resting r where r.buyer_id = c.buyer_id)
  returning c.id, c.buyer_id, c.stage
),
cancelled as (
  update collection_action a
  set state = 'cancelled', outcome = 'paid'
  from closed c
  where a.seller_id = %(seller)s and a.case_id = c.id and a.state in ('planned', 'failed')
  returning a.id
),
told as (
  insert into event (seller_id, happened_at, business_date, actor, why, kind, subject_id, facts)
  select %(seller)s, %(now)s, %(as_of)s, %(actor)s, %(why)s, m.kind, m.buyer_id,
         jsonb_build_object('stage', m.stage)
  from (
    select 'collection.case_opened' as kind, buyer_id, stage from opened
    union all select 'collection.stage_reached', buyer_id, stage from moved
    union all select 'collection.case_closed', buyer_id, stage from closed
  ) m
)
select (select count(*) from opened) as opened, (select count(*) from moved) as moved,
       (select count(*) from closed) as closed, (select count(*) from cancelled) as cancelled
