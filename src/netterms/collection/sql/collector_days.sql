-- A collector's days from $since to $until: cases worked on, attempts, right-party contacts (COL-03), minutes, what
-- was promised, and what those buyers paid within 14 days (once a day and buyer, whoever else spoke to them).
-- A portable question over `contact_fact`, and `receipt_fact` (money in); amounts in the seller's currency.
with spoken as (
  select made_by, made_on, buyer_id, count(*) as attempts,
         sum(case when channel in ('phone', 'visit') then 1 else 0 end) as calls,
         sum(case when right_party then 1 else 0 end) as right_parties,
         sum(minutes) as minutes, sum(promised_minor) as promised_minor
  from contact_fact
  where made_on between $since and $until
  group by made_by, made_on, buyer_id
),
paid as (
  select s.made_by, s.made_on, s.buyer_id, sum(r.home_minor) as collected_minor
  from spoken s
  join receipt_fact r
    on r.buyer_id = s.buyer_id and r.paid_on >= s.made_on and date_diff('day', s.made_on, r.paid_on) <= 14
  group by s.made_by, s.made_on, s.buyer_id
)
select s.made_by, s.made_on, count(*) as cases, cast(sum(s.attempts) as bigint) as attempts,
       cast(sum(s.calls) as bigint) as calls, cast(sum(s.right_parties) as bigint) as right_parties,
       cast(sum(s.minutes) as bigint) as minutes,
       cast(coalesce(sum(s.promised_minor), 0) as bigint) as promised_minor,
       cast(coalesce(sum(p.collected_minor), 0) as bigint) as collected_minor
from spoken s
left join paid p on p.made_by = s.made_by and p.made_on = s.made_on and p.buyer_id = s.buyer_id
group by s.made_by, s.made_on
order by s.made_on desc, s.made_by
