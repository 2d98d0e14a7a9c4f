-- Deadlines whose invoice is settled ask nothing more. A date that only marks a fact is done when it
-- comes; a duty whose last day has passed has lapsed, and that is an event.
with ended as materialized (
  select d.id, i.settled_on <= %(as_of)s as is_settled
  from policy_deadline d
  -- One look by key for each of the few open deadlines, not a pass over the book.
  cross join lateral (
    select x.settled_on from invoice x where x.seller_id = %(seller)s and x.id = d.invoice_id limit 1
  ) i
  where d.seller_id = %(seller)s and d.state = 'open'
    and (i.settled_on <= %(as_of)s or d.due_on < %(as_of)s)
),
closed as (
  update policy_deadline d
  set state = case when e.is_settled then 'settled'
                   when d.kind in ('stop_shipment', 'date_of_loss') then 'done'
                   else 'lapsed' end,
      closed_on = %(as_of)s
  from ended e
  where d.seller_id = %(seller)s and d.id = e.id
  returning d.id, d.buyer_id, d.kind, d.rule, d.state
),
told as (
  insert into event (seller_id, happened_at, business_date, actor, why, kind, subject_id, facts)
  select %(seller)s, %(now)s, %(as_of)s, %(actor)s, %(why)s, 'insurance.deadline_lapsed', buyer_id,
         jsonb_build_object('deadline', id, 'duty', kind, 'rule', rule)
  from closed
  where state = 'lapsed'
)
select count(*) as closed, count(*) filter (where state = 'lapsed') as lapsed from closed
