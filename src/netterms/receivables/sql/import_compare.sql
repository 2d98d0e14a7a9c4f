-- Rows whose number the book knows, beside what it holds.
create temp table known on commit drop as
select s.*,
       i.id as known_id,
       i.open_minor - s.open_minor as paid_minor,
       (i.buyer_id, i.kind, i.currency, i.amount_minor, i.due_on)
         is distinct from (s.buyer_id, s.kind, s.currency, s.amount_minor, s.due_on) as differs
from staged s
join invoice i on i.seller_id = %(seller)s and i.company_code = s.company_code
              and i.invoice_number = s.invoice_number
