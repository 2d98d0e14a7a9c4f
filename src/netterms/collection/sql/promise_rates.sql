-- Promises that ended from $since to $until, by currency: how many, and of what was promised how much was kept
-- (COL-02: kept amount / promised amount). A portable question over `promise_fact`.
select currency, count(*) as promises,
       cast(sum(case when state = 'kept' then 1 else 0 end) as bigint) as kept,
       cast(sum(amount_minor) as bigint) as promised_minor,
       cast(sum(case when state = 'kept' then amount_minor else 0 end) as bigint) as kept_minor
from promise_fact
where state in ('kept', 'broken') and closed_on between $since and $until
group by currency
order by currency
