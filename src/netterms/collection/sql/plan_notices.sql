-- A duty of the policy comes onto the work list before its last day, whatever the stage (override 6:
-- the earlier of ladder and policy wins). Taken off again when it is no longer open.
with gone as (
  update collection_action a
  set state = 'cancelled', outcome = d.state
  from policy_deadline d
  where a.seller_id = %(seller)s and a.state = 'planned' and a.step = 'policy_notice'
    and d.seller_id = a.seller_id and d.id = (a.facts ->> 'deadline')::uuid and d.state <> 'open'
  returning a.id
),
planned as (
  insert into collection_action (seller_id, case_id, buyer_id, stage, step, planned_on, due_on, facts)
  select %(seller)s, c.id, c.buyer_id, c.stage, 'policy_notice', min(d.due_on), min(d.due_on),
         jsonb_build_object('deadline', (array_agg(d.id order by d.due_on, d.kind))[1],
                            'duty', (array_agg(d.kind order by d.due_on, d.kind))[1],
                            'rule', (array_agg(d.rule order by d.due_on, d.kind))[1])
  from policy_deadline d
  join collection_case c on c.seller_id = d.seller_id and c.buyer_id = d.buyer_id and c.closed_on is null
  where d.seller_id = %(seller)s and d.state = 'open'
    and d.kind in ('overdue_notice', 'hand_over', 'claim_filing')
    and d.due_on between %(as_of)s and %(as_of)s + %(notice_days)s
    and not exists (
      select from collection_action a
      where a.seller_id = %(seller)s and a.case_id = c.id and a.step = 'policy_notice'
        and a.planned_on = d.due_on)
  group by c.id, c.buyer_id, c.stage, d.due_on
  on conflict do nothing
  returning id
)
select (select count(*) from planned) as planned, (select count(*) from gone) as cancelled
