-- What the ladder given would plan on %(as_of)s, over `standing` (trial_standing.sql). Reads only.
with case_now as (
  -- A buyer without a case would get one that day: its own id stands for it.
  select coalesce(case_id, buyer_id) as case_id, buyer_id, stage_since from standing
),
/* due_steps.sql */,
new as (
  select d.*
  from due d
  where not exists (
    select from collection_action a
    where a.seller_id = %(seller)s and a.case_id = d.case_id and a.stage = d.stage
      and a.step = d.step and a.planned_on = d.planned_on)
),
overdue as (
  select buyer_id, jsonb_object_agg(currency, minor) as minor
  from (
    select l.buyer_id, l.currency::text as currency, sum(l.collectable_minor)::bigint as minor
    from (/* late_items.sql */) l
    where l.days_past_due > 0 and l.buyer_id = any (array(select buyer_id from new))
    group by l.buyer_id, l.currency
  ) sums
  group by buyer_id
)
select n.buyer_id, b.name as buyer_name, b.country, n.stage, n.step, n.channel, n.who, n.planned_on, n.days_past_due,
       coalesce(o.minor, '{}') as overdue_minor
from new n
join buyer b on b.seller_id = %(seller)s and b.id = n.buyer_id
left join overdue o on o.buyer_id = n.buyer_id
order by n.stage desc, n.days_past_due desc, b.name, n.buyer_id, n.step
