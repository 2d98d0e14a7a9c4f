-- What a policy says of each row of facts: netterms.checkout.policy.decide, for many at once.
with fact as (
  /* facts */
),
bound as (
  select * from unnest(%(bound_currency)s::text[], %(bound_grade)s::int[], %(bound_most)s::bigint[])
    b(currency, worst_grade, most_minor)
),
starter as (
  select * from unnest(%(starter_currency)s::text[], %(starter_country)s::text[], %(starter_grade)s::int[],
                       %(starter_limit)s::bigint[]) s(currency, country, worst_grade, limit_minor)
),
largest as (
  select currency, min(most_minor) as most_minor
  from unnest(%(largest_currency)s::text[], %(largest_most)s::bigint[]) l(currency, most_minor)
  group by currency
),
weighed as (
  select f.*,
         exists (select from bound b
                 where b.currency = f.currency and coalesce(f.grade, 10) <= b.worst_grade
                   and f.amount_minor <= b.most_minor) as allowed,
         (select max(s.limit_minor) from starter s
          where s.currency = f.currency and coalesce(f.grade, 10) <= s.worst_grade
            and s.country = case when exists (select from starter o
                                              where o.currency = f.currency and o.country = f.country)
                                 then f.country else '' end) as first_limit,
         (select l.most_minor from largest l where l.currency = f.currency) as largest_minor
  from fact f
),
reasoned as (
  select w.*,
         array_remove(array[
           case when w.screened = 'hit' then 'sanctions_hit' end,
           case when w.insolvent then 'insolvent' end,
           case when not w.has_line and not %(serve)s then 'newcomers_not_served' end,
           case when cardinality(%(countries)s::text[]) > 0 and w.country <> all (%(countries)s::text[])
                then 'country_not_served' end,
           case when not w.has_line and w.grade >= %(decline_from)s then 'grade_too_weak' end
         ], null) as against,
         array(select r.doubt from unnest(%(review)s::text[]) with ordinality r(doubt, nth)
               where r.doubt = any (w.doubts) and not (r.doubt = 'no_grade' and w.has_line) order by r.nth)
         || array_remove(array[
           case when w.amount_minor > w.largest_minor then 'over_largest_order' end,
           case when not w.has_line and not w.allowed then 'over_auto_approval' end,
           case when not w.has_line and w.first_limit is null then 'no_starter_limit' end,
           case when not w.has_line and w.amount_minor > w.first_limit then 'over_starter_limit' end
         ], null) as unclear
  from weighed w
)
select r.id, r.currency, r.amount_minor,
       case when r.against <> '{}' then 'decline' when r.unclear <> '{}' then 'review' else 'approve' end as verdict,
       case when r.against = '{}' and r.unclear = '{}' and not r.has_line then r.first_limit else 0 end as starter_minor,
       case when r.against <> '{}' then r.against else r.unclear end as reasons
from reasoned r
