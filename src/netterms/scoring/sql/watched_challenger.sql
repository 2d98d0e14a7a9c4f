-- As watched_champion, of challenger %(version)s. Its attributes stand with the score in force of that
-- day: both cards judge the same facts.
create temp table watched on commit drop as
select w.*, s.attributes
from (
  select distinct on (d.side, c.buyer_id, c.currency)
         d.side, c.buyer_id, c.currency::text as currency, d.day as seen_on, c.scored_on,
         c.score, c.pd, c.grade
  from (values ('now', %(as_of)s::date), ('reference', %(reference)s), ('cohort', %(cohort)s)) d (side, day)
  join shadow_score c on c.scored_on > d.day - %(days)s and c.scored_on <= d.day
  where c.seller_id = %(seller)s and c.version = %(version)s and c.grade < 10
  order by d.side, c.buyer_id, c.currency, c.scored_on desc
) w
join lateral (
  select attributes from score s
  where s.seller_id = %(seller)s and s.buyer_id = w.buyer_id and s.currency = w.currency
    and s.scored_on <= w.scored_on
  order by s.scored_on desc limit 1
) s on true
