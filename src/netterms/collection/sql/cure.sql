-- Of the cases opened from $since to $until, how many came as far as each stage, and how many were paid while they
-- stood at it. A portable question over `case_fact` (a case with the stage it stands at, or stood at when it closed).
select s.stage,
       cast(sum(case when c.stage >= s.stage then 1 else 0 end) as bigint) as reached,
       cast(sum(case when c.stage = s.stage and c.state = 'closed_paid' then 1 else 0 end) as bigint) as cured,
       cast(sum(case when c.stage = s.stage and c.closed_on is null then 1 else 0 end) as bigint) as still_open
from (select 1 as stage union all select 2 union all select 3 union all select 4) s
cross join case_fact c
where c.opened_on between $since and $until
group by s.stage
order by s.stage
