-- The buyers (per currency) as the card in force saw them on three days: each one's newest score of the
-- %(days)s days until then, by this card.
create temp table watched on commit drop as
select distinct on (d.side, s.buyer_id, s.currency)
       d.side, s.buyer_id, s.currency::text as currency, d.day as seen_on,
       s.score, s.pd, s.grade, s.attributes
from (values ('now', %(as_of)s::date), ('reference', %(reference)s), ('cohort', %(cohort)s)) d (side, day)
join score s on s.scored_on > d.day - %(days)s and s.scored_on <= d.day and s.scored_on >= %(first)s
where s.seller_id = %(seller)s and s.grade < 10
order by d.side, s.buyer_id, s.currency, s.scored_on desc
