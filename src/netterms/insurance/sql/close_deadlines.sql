-- Deadlines whose invoice is settled ask nothing more. A date that only marks a fact is done when it
-- comes; a duty whose last day has passed has lapsed, and that is an event.
with watched as materialized (
  select distinct invoice_id from policy_deadline where seller_id = %(seller)s and state = 'open'
),
-- One look by key for each of the few invoices watched, not a pass over the book.
settled as materialized (
  select w.invoice_id, i.settled_on <= %(as_of)s as is_settled
  from watched w
  cross join lateral (
    select x.settled_on from invoice x where x.seller_id = %(seller)s and x.id = w.invoice_id limit 1
  ) i
),
closed as (
  update policy_deadline d
  set state = case when i.is_settled then 'settled'
                   when d.kind in ('stop_shipment', 'date_of_loss') then 'done'
                   else 'lapsed' end,
      closed_on = %(as_of)s
  from settled i
  where d.seller_id = %(seller)s and d.state = 'open' and i.invoice_id = d.invoice_id
    and (i.is_settled or d.due_on < %(as_of)s)
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
