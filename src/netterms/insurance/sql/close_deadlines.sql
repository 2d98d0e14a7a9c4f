-- Deadlines whose invoice is settled ask nothing more. A date that only marks a fact is done when it
-- comes; a duty whose last day has passed has lapsed, and that is an event.
with ended as materialized (
  select d.id, i.settled_on is not null as is_settled
  from policy_deadline d
  left join invoice i on i.seller_id = d.seller_id and i.id = d.invoice_id and i.settled_on <= %(as_of)s
  where d.seller_id = %(seller)s and d.state = 'open'
    and (i.settled_on is not null or d.due_on < %(as_of)s)
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
