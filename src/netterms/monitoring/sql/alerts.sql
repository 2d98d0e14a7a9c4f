-- What deserves a person's look today: one row a buyer and kind.
create temp table alert_now on commit drop as
with in_force as (
  -- Only a limit that a person granted can be exceeded: a recommendation is advice. Whom nobody ever
  -- granted one need not be looked at.
  select distinct on (buyer_id, currency) buyer_id, currency::text as currency,
         granted_minor as limit_minor
  from limit_decision
  where seller_id = %(seller)s and decided_on <= %(as_of)s
    and buyer_id in (
      select buyer_id from limit_decision where seller_id = %(seller)s and granted_minor is not null)
  order by buyer_id, currency, decided_on desc, id desc
),
book as (
  select currency, sum(owed_minor) as total_minor from owed_now where owed_minor > 0 group by currency
),
found as (
  select o.buyer_id, 'over_limit' as kind,
         case when o.owed_minor > 2 * l.limit_minor then 3 else 2 end as severity,
         jsonb_build_object('currency', o.currency, 'owed_minor', o.owed_minor,
                            'limit_minor', l.limit_minor) as facts
  from owed_now o join in_force l using (buyer_id, currency)
  where o.owed_minor > l.limit_minor
  union all
  select o.buyer_id, 'concentration', 2,
         jsonb_build_object('currency', o.currency, 'owed_minor', o.owed_minor,
                            'share', round(o.owed_minor / b.total_minor, 4))
  from owed_now o join book b using (currency)
  where o.owed_minor > 0.2 * b.total_minor and b.total_minor > 0
  union all
  select d.buyer_id, 'deadline_near', case when d.due_on <= %(as_of)s + 3 then 3 else 2 end,
         jsonb_build_object('deadline', d.id, 'duty', d.kind, 'due_on', d.due_on, 'rule', d.rule)
  from policy_deadline d
  where d.seller_id = %(seller)s and d.state = 'open'
    and d.kind in ('overdue_notice', 'hand_over', 'claim_filing')
    and d.due_on between %(as_of)s and %(as_of)s + 14
  union all
  -- Two grades or more worse than the oldest score of the last 90 days that is a week old or more.
  select s.buyer_id, 'grade_worse', case when s.grade >= 8 then 3 else 2 end,
         jsonb_build_object('currency', s.currency, 'before', p.grade, 'after', s.grade)
  from (
    select distinct on (buyer_id, currency) buyer_id, currency, grade
    from score
    where seller_id = %(seller)s and scored_on between %(as_of)s - 7 and %(as_of)s
    order by buyer_id, currency, scored_on desc
  ) s
  join lateral (
    select grade from score p
    where p.seller_id = %(seller)s and p.buyer_id = s.buyer_id and p.currency = s.currency
      and p.scored_on between %(as_of)s - 90 and %(as_of)s - 7
    order by p.scored_on limit 1
  ) p on s.grade >= p.grade + 2
  union all
  select buyer_id, 'bank_account_changed', 3, jsonb_build_object('account', right(number, 4))
  from buyer_bank_account
  where seller_id = %(seller)s and is_change and confirmed_on is null and ended_on is null
  union all
  select buyer_id, 'insolvency_signalled', 3,
         jsonb_build_object('notices', count(*), 'opened', bool_or(kind = 'opened'))
  from insolvency_notice
  where seller_id = %(seller)s and withdrawn_on is null
    and (kind = 'opened' or dated_on > %(as_of)s::date - interval '12 months')
  group by buyer_id
  union all
  -- Two disputes or more in a year, each raised only after its invoice was due. How many: our convention.
  select i.buyer_id, 'late_disputes', 2, jsonb_build_object('disputes', count(*))
  from dispute d
  join invoice i on i.seller_id = d.seller_id and i.id = d.invoice_id
  where d.seller_id = %(seller)s and d.raised_on between %(as_of)s - 365 and %(as_of)s
  group by i.buyer_id
  having count(*) >= 2 and bool_and(d.raised_on > i.due_on)
)
select distinct on (buyer_id, kind) buyer_id, kind, severity, facts
from found
order by buyer_id, kind, severity desc, facts::text
