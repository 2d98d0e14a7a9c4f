-- Every invoice whose place on the ladder is another than the one remembered: few of a whole book. No stage
-- means that it left the ladder.
create temp table moved_invoice on commit drop as
select coalesce(l.invoice_id, g.invoice_id) as invoice_id, l.buyer_id, l.due_on, l.stage, l.is_frozen
from (
  select invoice_id, buyer_id, due_on, stage, is_frozen from (/* late_items.sql */) late_item where stage > 0
) l
full join (select invoice_id, stage, is_frozen from invoice_stage where seller_id = %(seller)s) g
  on g.invoice_id = l.invoice_id
where l.stage is distinct from g.stage or l.is_frozen is distinct from g.is_frozen
