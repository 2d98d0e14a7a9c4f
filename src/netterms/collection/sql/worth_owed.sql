-- What each buyer owes late by currency, and what of it does not pay by itself: the relation `owed` of worth.sql.
-- A portable question (DuckDB's dialect) over `late`: an invoice's collectable part in minor units, with what is
-- foretold of it. The chance by itself, of an invoice late for less than 30 days: of those expected to be late at
-- all, the share that is not later than 30 days. Older ones, and those not foretold, have the convention of their
-- stage.
select buyer_id, cast(currency as varchar) as currency, sum(minor) as open_minor,
       cast(coalesce(sum(minor * cast(least(1, late_30_chance / late_chance) as decimal(18, 9))) filter (where is_foretold), 0)
            + coalesce(sum(minor) filter (where not is_foretold and days_past_due <= 30), 0) * (1 - $self_pay_1)
            + coalesce(sum(minor) filter (where days_past_due between 31 and 60), 0) * (1 - $self_pay_2)
            + coalesce(sum(minor) filter (where days_past_due between 61 and 90), 0) * (1 - $self_pay_3)
            + coalesce(sum(minor) filter (where days_past_due > 90), 0) * (1 - $self_pay_4)
            as decimal(38, 4)) as at_stake_minor,
       max(case when is_foretold then 1 else 0 end) as is_foretold
from (
  select *, coalesce(days_past_due < 30 and late_chance > 0, false) as is_foretold from late
) told
group by buyer_id, currency
