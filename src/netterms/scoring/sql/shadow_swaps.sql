-- The swap set: buyers that one card would give credit and the other would not, the largest debt first.
-- A grade of %(stop)s or worse gets none.
with newest as (
  select distinct on (buyer_id, currency) buyer_id, currency, scored_on, grade, pd
  from shadow_score
  where seller_id = %(seller)s and version = %(version)s and scored_on <= %(as_of)s
  order by buyer_id, currency, scored_on desc
),
paired as (
  select n.buyer_id, n.currency, s.grade as champion_grade, n.grade as challenger_grade,
         s.pd as champion_pd, n.pd as challenger_pd
  from newest n
  join lateral (
    select grade, pd from score s
    where s.seller_id = %(seller)s and s.buyer_id = n.buyer_id and s.currency = n.currency
      and s.scored_on <= n.scored_on
    order by s.scored_on desc limit 1
  ) s on (s.grade >= %(stop)s) <> (n.grade >= %(stop)s)
)
select p.buyer_id, b.name as buyer_name, p.currency::text as currency, p.champion_grade,
       p.challenger_grade, p.champion_pd, p.challenger_pd,
       coalesce(o.open_minor, 0)::bigint as open_minor, count(*) over () as of_all
from paired p
join buyer b on b.seller_id = %(seller)s and b.id = p.buyer_id
left join lateral (
  select sum(i.open_minor) as open_minor
  from invoice i
  where i.seller_id = %(seller)s and i.buyer_id = p.buyer_id and i.currency = p.currency
    and i.open_minor > 0 and i.kind = 'invoice'
) o on true
order by open_minor desc, p.buyer_id, p.currency
limit %(most)s
