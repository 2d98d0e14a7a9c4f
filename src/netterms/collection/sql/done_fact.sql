-- The relation `done_fact` of step_costs.sql: what was done, by the day of its end in UTC.
select step, (done_at at time zone 'UTC')::date as done_on
from collection_action
where seller_id = %(seller)s and state = 'done' and done_at >= %(since)s and done_at < %(until)s::date + 1
