-- A duty of the policy comes onto the work list before its last day, whatever the stage (override 6:
-- the earlier of ladder and policy wins). Taken off again when it is no longer open.
with listed as materialized (
  select a.id, a.case_id, a.due_on, a.state, (a.facts ->> 'deadline')::uuid as deadline_id
  from collection_action a
  where a.seller_id = %(seller)s and a.step = 'policy_notice'
    and (a.state = 'planned' or a.due_on >= %(as_of)s)
),
gone as (
  update collection_action a
  set state = 'cancelled', outcome = d.state
  from listed l
  join policy_deadline d on d.seller_id = %(seller)s and d.id = l.deadline_id and d.state <> 'open'
  where a.seller_id = %(seller)s and a.id = l.id and l.state = 'planned'
  returning a.id
),
near as materialized (
  select d.id, d.buyer_id, d.kind, d.rule, d.due_on
  from policy_deadline d
  where d.seller_id = %(seller)s and d.state = 'open'
    and d.kind in ('overdue_notice', 'hand_over', 'claim_filing')
    and d.due_on between %(as_of)s and %(as_of)s + %(notice_days)s
),
-- Notice and hand-over often fall on one day: one task, named after the first of them.
first_of_day as (
  select distinct on (c.id, n.due_on) c.id as case_id, c.buyer_id, c.stage, n.due_on, n.id as deadline_id,
         n.kind, n.rule
  from near n
  join collection_case c on c.seller_id = %(seller)s and c.buyer_id = n.buyer_id and c.closed_on is null
  order by c.id, n.due_on, n.kind desc
),
planned as (
  insert into collection_action (seller_id, case_id, buyer_id, stage, step, channel, who, planned_on, due_on, facts)
  select %(seller)s, f.case_id, f.buyer_id, f.stage, 'policy_notice', 'page', 'collector',
         -- Planned for the first day of its notice: the list shows what is planned until today.
         f.due_on - %(notice_days)s, f.due_on,
         jsonb_build_object('deadline', f.deadline_id, 'duty', f.kind, 'rule', f.rule)
  from first_of_day f
  where not exists (
    select from listed l where l.case_id = f.case_id and l.due_on = f.due_on)
  on conflict do nothing
  returning id
)
select (select count(*) from planned) as planned, (select count(*) from gone) as cancelled
