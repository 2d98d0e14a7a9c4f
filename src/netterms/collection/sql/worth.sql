-- What a minute on each task is expected to bring, in minor units of the seller's currency. A portable question
-- (DuckDB's dialect) over four relations: `owed` (worth_owed.sql), `rate` (of each currency into the seller's),
-- `task` (what is to be done, with what hangs on it) and `step_setting` (what a step takes and brings).
--   money at stake = collectable x (1 - chance that it pays by itself)
--   worth = (at stake x effect of the step + insured part in danger + share of a promise due today) / minutes
-- A division by a cast value is one of decimals in PostgreSQL too: exact, and no way through binary numbers and back.
with owing as (
  select o.buyer_id, sum(o.open_minor * r.rate) as open_minor,
         cast(sum(o.at_stake_minor * r.rate) as decimal(38, 4)) as at_stake_minor, max(o.is_foretold) as is_foretold
  from owed o
  join rate r on r.currency = o.currency
  where r.rate is not null
  group by o.buyer_id
),
weighed as (
  select t.action_id, coalesce(o.open_minor, 0) as open_minor, coalesce(o.at_stake_minor, 0) as at_stake_minor,
         coalesce(o.is_foretold, 0) as is_foretold, s.minutes, s.effect,
         cast(case when t.deadline_days >= 0 and t.deadline_days <= $notice_days
              then least(coalesce(t.insured_minor, 0), coalesce(o.open_minor, 0)) * $deadline_weight
                   * ($notice_days + 1 - t.deadline_days) / cast($notice_days + 1 as decimal(9, 0))
              else 0 end as decimal(38, 4)) as in_danger_minor,
         coalesce(t.promised_minor, 0) * $promise_weight as promise_minor
  from task t
  join step_setting s on s.step = t.step
  left join owing o on o.buyer_id = t.buyer_id
)
select action_id, open_minor, at_stake_minor, is_foretold, in_danger_minor, promise_minor,
       cast((at_stake_minor * effect + in_danger_minor + promise_minor) / cast(minutes as decimal(38, 18)) as decimal(38, 4)) as worth
from weighed
