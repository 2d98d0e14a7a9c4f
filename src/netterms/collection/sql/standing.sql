-- Where every late buyer stands: the highest stage of its invoices that count (0: none does), and of
-- those for which something may be done (a payment plan freezes the others).
create temp table standing on commit drop as
select buyer_id,
       max(stage) as stage,
       coalesce(max(stage) filter (where not is_frozen), 0) as step_stage,
       max(days_past_due) filter (where stage > 0) as days_past_due,
       count(*) filter (where stage > 0) as invoices,
       coalesce(bool_or(is_disputed and days_past_due > 0), false) as is_disputed
from (/* late items */) late_item
group by buyer_id
