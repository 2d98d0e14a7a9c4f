-- Where every late buyer stands: the highest stage of its invoices on the ladder (0: none is), and of
-- those for which something may be done (a payment plan freezes the others).
create temp table standing on commit drop as
select buyer_id, max(stage) as stage, max(step_stage) as step_stage, %(as_of)s - min(due_on) as days_past_due,
       sum(invoices)::bigint as invoices, bool_or(is_disputed) as is_disputed
from (
  -- Counted first, by itself: so that several workers may share it.
  select buyer_id, max(stage) as stage, coalesce(max(stage) filter (where not is_frozen), 0) as step_stage,
         min(due_on) as due_on, count(*) as invoices, false as is_disputed
  from invoice_stage
  where seller_id = %(seller)s
  group by buyer_id
  union all
  -- What is disputed whole is not on the ladder, and not forgotten.
  select buyer_id, 0, 0, null, 0, true
  from (/* late_items.sql */) late_item
  where is_disputed and days_past_due > 0
) known
group by buyer_id
