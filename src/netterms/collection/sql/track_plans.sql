-- Instalments of running plans as paid by what came in, the earliest first; those whose grace of business days is
-- over without their money; plans that are due at once for it, or paid whole (TRM-04 checks 5 and 6). Where the law
-- forbids to call the whole balance due, the instalment is missed and the plan runs on.
with counted as (
  select r.plan_id, r.buyer_id, r.currency, r.country, r.started_on, r.yearly_percent, r.retention_minor,
         i.number, i.due_on, i.payment_minor, i.interest_minor, i.principal_minor, i.settled_on, i.missed_on,
         greatest(0, least(i.payment_minor,
           r.minor - (sum(i.payment_minor) over (partition by i.plan_id order by i.number) - i.payment_minor)))::bigint as paid_minor
  from plan_receipt r
  join plan_instalment i on i.seller_id = %(seller)s and i.plan_id = r.plan_id
),
judged as (
  select c.*, c.paid_minor < c.payment_minor
              and business_days_after(c.country, c.due_on, %(grace_days)s) < %(as_of)s as is_missed
  from counted c
),
written as (
  update plan_instalment i
  set paid_minor = j.paid_minor,
      settled_on = case when j.paid_minor = j.payment_minor then coalesce(j.settled_on, %(as_of)s) end,
      missed_on = case when j.is_missed then coalesce(j.missed_on, %(as_of)s) else j.missed_on end
  from judged j
  where i.seller_id = %(seller)s and i.plan_id = j.plan_id and i.number = j.number
    and (i.paid_minor <> j.paid_minor or (j.is_missed and i.missed_on is null))
  returning i.plan_id
),
missed as (
  insert into event (seller_id, happened_at, business_date, actor, why, kind, subject_id, facts)
  select %(seller)s, %(now)s, %(as_of)s, %(actor)s, %(why)s, 'collection.instalment_missed', buyer_id,
         jsonb_build_object('plan', plan_id, 'number', number, 'currency', currency,
                            'payment_minor', payment_minor, 'paid_minor', paid_minor)
  from judged where is_missed and missed_on is null
  returning subject_id
),
first_missed as (
  select distinct on (plan_id) * from judged where is_missed order by plan_id, number
),
called as (
  select f.plan_id, f.buyer_id, f.currency, f.number, rest.minor,
         -- Interest runs from the last due date that was kept, or from the start of the plan.
         round(greatest(0, rest.minor - spare.minor)::numeric * f.yearly_percent * (%(as_of)s - coalesce(kept.due_on, f.started_on)) / 36500)::bigint as interest_minor
  from first_missed f
  cross join lateral (
    -- What came in for a part of the instalment has paid its interest first.
    select (sum(j.principal_minor) - greatest(0, f.paid_minor - f.interest_minor))::bigint as minor from judged j
    where j.plan_id = f.plan_id and j.number >= f.number
  ) rest
  cross join lateral (
    -- Interest of an earlier plan bears none, unless this plan says so.
    select coalesce(sum(i.open_minor), 0)::bigint as minor
    from payment_plan p
    join payment_plan_invoice x on x.seller_id = p.seller_id and x.plan_id = p.id
    join plan_interest n on n.seller_id = x.seller_id and n.invoice_id = x.invoice_id and n.plan_id <> p.id
    join invoice i on i.seller_id = x.seller_id and i.id = x.invoice_id
    where p.seller_id = %(seller)s and p.id = f.plan_id and not p.interest_on_interest
  ) spare
  left join lateral (
    select max(j.due_on) as due_on from judged j where j.plan_id = f.plan_id and j.number < f.number and j.number > 0
  ) kept on true
  where f.country <> all(%(no_acceleration)s::text[])
    and not (f.country = any(%(eighth_rule)s::text[]) and f.retention_minor is not null
             and f.payment_minor * 8 <= f.retention_minor)
),
accelerated as (
  update payment_plan p
  set state = 'accelerated', closed_on = %(as_of)s, due_now_minor = c.minor, due_now_interest_minor = c.interest_minor
  from called c
  where p.seller_id = %(seller)s and p.id = c.plan_id
  returning p.id, c.buyer_id, c.currency, c.minor, c.interest_minor
),
told_accelerated as (
  insert into event (seller_id, happened_at, business_date, actor, why, kind, subject_id, facts)
  select %(seller)s, %(now)s, %(as_of)s, %(actor)s, %(why)s, 'collection.plan_accelerated', a.buyer_id,
         jsonb_build_object('plan', a.id, 'currency', a.currency, 'principal_minor', a.minor,
                            'interest_minor', a.interest_minor,
                            'is_insured', exists (
                              select from insured_limit l
                              where l.seller_id = %(seller)s and l.buyer_id = a.buyer_id and l.amount_minor > 0
                                and l.starts_on <= %(as_of)s and (l.ends_on is null or l.ends_on >= %(as_of)s)))
  from accelerated a
),
completed as (
  update payment_plan p
  set state = 'completed', closed_on = %(as_of)s
  -- Money that waits is told as paid; a plan is over when its papers are settled.
  where p.seller_id = %(seller)s and p.state = 'running' and p.id in (
    select r.plan_id from plan_receipt r
    where r.settled_minor >= (
      select sum(i.payment_minor) from plan_instalment i where i.seller_id = %(seller)s and i.plan_id = r.plan_id))
  returning p.id, p.buyer_id
),
told_completed as (
  insert into event (seller_id, happened_at, business_date, actor, why, kind, subject_id, facts)
  select %(seller)s, %(now)s, %(as_of)s, %(actor)s, %(why)s, 'collection.plan_completed', buyer_id,
         jsonb_build_object('plan', id)
  from completed
)
select (select count(distinct plan_id) from counted) as plans,
       (select count(*) from missed) as missed,
       (select count(*) from accelerated) as accelerated,
       (select count(*) from completed) as completed,
       coalesce((select jsonb_agg(jsonb_build_object('plan', plan_id, 'number', number, 'interest_minor', interest_minor))
                 from called), '[]') as called
