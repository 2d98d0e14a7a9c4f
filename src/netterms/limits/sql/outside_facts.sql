-- What the formulas chosen ask beside the book's own figures; `facts.sql` joins it.
create temp table outside_facts on commit drop as
select u.buyer, u.currency, r.median_reference_doubled, t.share_of_need, t.pays, t.age_years, t.margin,
       t.current_ratio, t.debt_ratio
from credit_use u
left join (/* references */) r on r.buyer = u.buyer and r.currency = u.currency
left join (/* trading */) t on t.buyer = u.buyer and t.currency = u.currency
