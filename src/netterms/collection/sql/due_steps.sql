-- What the ladder asks of each case on %(as_of)s: of steps of one kind the latest that is due and is for such a
-- buyer. Table expressions for the statements beside, over their relations `standing` (where a buyer stands) and
-- `case_now`. What a buyer owes late is worked out only where a step asks for an amount, a grade likewise.
reached as materialized (
  select c.case_id, c.buyer_id, s.days_past_due, s.invoices,
         coalesce(apart.since, c.stage_since) + step.after_days as planned_on, step.*
  from case_now c
  join standing s on s.buyer_id = c.buyer_id
  join unnest(%(step_stage)s::smallint[], %(step_step)s::text[], %(step_after_days)s::int[],
              %(step_channel)s::text[], %(step_who)s::text[], %(step_segment)s::text[],
              %(step_country)s::text[], %(step_currency)s::text[], %(step_from_minor)s::bigint[],
              %(step_to_minor)s::bigint[], %(step_best_grade)s::smallint[], %(step_worst_grade)s::smallint[])
    with ordinality
    as step(stage, step, after_days, channel, who, segment, country, currency, from_minor, to_minor,
            best_grade, worst_grade, position) on step.stage = s.step_stage
  left join lateral (
    -- Beside invoices that a plan froze at another stage, the others have a clock of their own.
    select min(g.since) as since
    from invoice i
    join invoice_stage g on g.seller_id = i.seller_id and g.invoice_id = i.id
    where s.stage <> s.step_stage
      and i.seller_id = %(seller)s and i.buyer_id = c.buyer_id and i.open_minor > 0
      and g.stage = s.step_stage and not g.is_frozen
  ) apart on true
  where coalesce(apart.since, c.stage_since) + step.after_days <= %(as_of)s
    -- An agency or a lawyer has it: nobody else writes or calls. The insurer's claim is still ours.
    and (step.step = 'claim_file' or not exists (
      select from collection_case h
      where h.seller_id = %(seller)s and h.id = c.case_id and h.state = 'handed_over'))
    and not (step.step = 'email_reminder' and exists (
      select from promise p
      where p.seller_id = %(seller)s and p.buyer_id = c.buyer_id and p.state = 'open'
        and p.made_on <= %(as_of)s))
),
owed as materialized (
  select l.buyer_id, l.currency::text as currency, sum(l.collectable_minor)::bigint as minor
  from (/* late_items.sql */) l
  where l.days_past_due > 0 and l.buyer_id = any (array(select buyer_id from reached where currency <> ''))
  group by l.buyer_id, l.currency
),
graded as materialized (
  -- The worst of the newest grades of its currencies.
  select buyer_id, max(grade) as grade
  from (
    select distinct on (buyer_id, currency) buyer_id, grade
    from score
    where seller_id = %(seller)s and scored_on <= %(as_of)s
      and buyer_id in (select buyer_id from reached where best_grade is not null or worst_grade is not null)
    order by buyer_id, currency, scored_on desc
  ) newest
  group by buyer_id
),
due as (
  select distinct on (t.case_id, t.step) t.case_id, t.buyer_id, t.stage, t.step, t.channel, t.who, t.planned_on,
         t.days_past_due, t.invoices
  from reached t
  where (t.country = '' or exists (
      select from buyer b where b.seller_id = %(seller)s and b.id = t.buyer_id and b.country = t.country))
    and (t.segment = '' or exists (
      select from buyer b
      where b.seller_id = %(seller)s and b.id = t.buyer_id
        and (b.sector = t.segment or (t.segment = 'key_account' and b.key_account)
             or (t.segment = 'others' and not b.key_account))))
    and (t.currency = '' or exists (
      select from owed o
      where o.buyer_id = t.buyer_id and o.currency = t.currency
        and o.minor >= coalesce(t.from_minor, 1) and (t.to_minor is null or o.minor <= t.to_minor)))
    and ((t.best_grade is null and t.worst_grade is null) or exists (
      select from graded g
      where g.buyer_id = t.buyer_id
        and g.grade between coalesce(t.best_grade, 1) and coalesce(t.worst_grade, 10)))
  order by t.case_id, t.step, t.after_days desc, t.position
)
