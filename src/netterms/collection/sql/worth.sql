-- What a minute on each task is expected to bring, in minor units of the seller's currency. A portable question
-- (DuckDB's dialect) over three relations: `late` (an invoice's collectable part with what is foretold of it), `task`
-- (what is to be done, with what hangs on it) and `step_setting` (what a step takes and brings).
--   money at stake = collectable x (1 - chance that it pays by itself)
--   worth = (at stake x effect of the step + insured part in danger + share of a promise due today) / minutes
-- The chance by itself, of an invoice late for less than 30 days: of those expected to be late at all, the share
-- that is not later than 30 days. Older ones, and those not foretold, have the convention of their stage.
with judged as (
  select buyer_id, home_minor,
         case when late_chance > 0 and days_past_due < 30
              then greatest(0, 1 - late_30_chance / late_chance)
              when days_past_due <= 30 then $self_pay_1
              when days_past_due <= 60 then $self_pay_2
              when days_past_due <= 90 then $self_pay_3
              else $self_pay_4 end as by_itself,
         case when late_chance > 0 and days_past_due < 30 then 1 else 0 end as is_foretold
  from late
),
owing as (
  select buyer_id, sum(home_minor) as open_minor, cast(sum(home_minor * (1 - by_itself)) as decimal(38, 4)) as at_stake_minor,
         max(is_foretold) as is_foretold
  from judged
  where home_minor is not null
  group by buyer_id
),
weighed as (
  select t.action_id, coalesce(o.open_minor, 0) as open_minor, coalesce(o.at_stake_minor, 0) as at_stake_minor,
         coalesce(o.is_foretold, 0) as is_foretold, s.minutes, s.effect,
         cast(case when t.deadline_days >= 0 and t.deadline_days <= $notice_days
              then least(coalesce(t.insured_minor, 0), coalesce(o.open_minor, 0)) * $deadline_weight
                   * (1 - t.deadline_days * 1.0 / ($notice_days + 1))
              else 0 end as decimal(38, 4)) as in_danger_minor,
         coalesce(t.promised_minor, 0) * $promise_weight as promise_minor
  from task t
  join step_setting s on s.step = t.step
  left join owing o on o.buyer_id = t.buyer_id
)
select action_id, open_minor, at_stake_minor, is_foretold, in_danger_minor, promise_minor,
       cast((at_stake_minor * effect + in_danger_minor + promise_minor) / minutes as decimal(38, 4)) as worth
from weighed
