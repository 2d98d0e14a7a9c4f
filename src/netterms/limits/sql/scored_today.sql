-- The buyers scored on %(as_of)s: whose limit is looked at.
create temp table scored_today on commit drop as
select buyer_id, currency::text as currency, grade,
       (attributes ->> 'worst_open_days_past_due')::int as days_late, payment_index
from score
where seller_id = %(seller)s and scored_on = %(as_of)s
