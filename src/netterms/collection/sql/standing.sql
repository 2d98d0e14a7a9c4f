-- Where every late buyer stands: the highest stage of its invoices that count, and of those for which
-- something may be done (a payment plan freezes the others).
create temp table standing on commit drop as
select buyer_id,
       max(stage) as stage,
       coalesce(max(stage) filter (where not is_frozen), 0) as step_stage,
       max(days_past_due) as days_past_due,
       count(*) as invoices
from late_item
where stage > 0
group by buyer_id
