-- Where every late buyer stands: the highest stage of its invoices on the ladder (0: none is), and of
-- those for which something may be done (a payment plan freezes the others).
create temp table standing on commit drop as
select buyer_id,
       max(stage) as stage,
       coalesce(max(stage) filter (where not is_frozen), 0) as step_stage,
       %(as_of)s - min(due_on) as days_past_due,
       count(due_on) as invoices,
       bool_or(is_disputed) as is_disputed
from (
  select buyer_id, stage, is_frozen, due_on, false as is_disputed
  from invoice_stage
  where seller_id = %(seller)s
  union all
  -- What is disputed whole is not on the ladder, and not forgotten.
  select buyer_id, 0, true, null, true
  from (/* late items */) late_item
  where is_disputed and days_past_due > 0
) known
group by buyer_id
