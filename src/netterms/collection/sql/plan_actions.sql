-- What the ladder asks of each open case today: of steps of one kind the latest that is due, once.
-- Tasks of a stage that the case has left are taken off the list. Nobody is reminded while a promise
-- is open. The steps are the live ladder's (due_steps.sql). A step falls on a business day of the buyer's country.
with stale as (
  update collection_action a
  set state = 'cancelled', outcome = 'stage_left'
  from collection_case c
  left join standing s on s.buyer_id = c.buyer_id
  where c.seller_id = %(seller)s and c.closed_on is null
    and a.seller_id = c.seller_id and a.case_id = c.id and a.state in ('planned', 'failed')
    and a.step <> 'policy_notice' and a.stage <> coalesce(s.step_stage, 0)
    -- What a broken promise brought stands one stage ahead, until the case gets there or owes nothing.
    and not (a.facts ? 'broken_promise' and s.step_stage > 0 and a.stage > s.step_stage)
  returning a.id
),
case_now as (
  select c.id as case_id, c.buyer_id, c.stage_since
  from collection_case c
  where c.seller_id = %(seller)s and c.closed_on is null
),
/* due_steps.sql */,
not_planned as materialized (
  -- Few of all that is due: what follows is asked for these only.
  select d.*
  from due d
  where not exists (
    select from collection_action a
    where a.seller_id = %(seller)s and a.case_id = d.case_id and a.stage = d.stage
      and a.step = d.step and a.planned_on = d.planned_on)
),
placed as materialized (
  select d.*, b.country from not_planned d join buyer b on b.seller_id = %(seller)s and b.id = d.buyer_id
),
countries as materialized (
  -- The next business day once a country, not once a buyer.
  select country, business_day_on_or_after(country, %(as_of)s) as open_on
  from (select distinct country from placed) known
),
new as (
  select d.*, k.open_on from placed d join countries k on k.country = d.country
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
),
planned as (
  insert into collection_action (seller_id, case_id, buyer_id, stage, step, channel, who, planned_on, due_on, facts)
  select %(seller)s, n.case_id, n.buyer_id, n.stage, n.step, n.channel, n.who, n.planned_on, n.open_on,
         jsonb_build_object('overdue_minor', o.minor, 'days_past_due', n.days_past_due,
                            'invoices', n.invoices)
  from new n
  left join overdue o on o.buyer_id = n.buyer_id
  on conflict do nothing
  returning step
)
select (select count(*) from stale) as cancelled,
       coalesce((select jsonb_object_agg(step, many)
                 from (select step, count(*) as many from planned group by step) x), '{}') as planned
