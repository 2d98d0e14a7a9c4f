-- Where every late buyer would stand on %(as_of)s if nothing came in until then: `standing` as the day makes it, from
-- the invoices alone. The date its stage was reached is its case's, or the day itself where it is new or moves.
create temp table standing on commit drop as
select late.*, c.id as case_id,
       case when c.stage = late.stage then c.stage_since else %(as_of)s end as stage_since
from (
  select buyer_id, max(stage) as stage,
         coalesce(max(stage) filter (where not is_frozen), 0) as step_stage,
         %(as_of)s - min(due_on) as days_past_due, count(*) as invoices
  from (/* late_items.sql */) late_item
  where stage > 0
  group by buyer_id
) late
left join collection_case c on c.seller_id = %(seller)s and c.buyer_id = late.buyer_id and c.closed_on is null
