-- What was done from $since to $until by step, with what it cost besides people's time (a setting). A portable
-- question over `done_fact` and `step_cost`; minor units of the seller's currency.
select d.step, count(*) as steps, cast(sum(c.cost) as bigint) as cost_minor
from done_fact d
join step_cost c on c.step = d.step
where d.done_on between $since and $until
group by d.step
order by d.step
