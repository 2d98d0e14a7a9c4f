-- Every invoice that stands at another stage than the one remembered: few of a whole book. No stage
-- means that it left the ladder.
create temp table moved_invoice on commit drop as
select coalesce(l.invoice_id, s.invoice_id) as invoice_id, l.stage
from (select invoice_id, stage from (/* late items */) late_item where stage > 0) l
full join (select invoice_id, stage from invoice_stage where seller_id = %(seller)s) s
  on s.invoice_id = l.invoice_id
where l.stage is distinct from s.stage
