-- What the file shows paid: of new invoices and, beyond what the book holds, of known ones. A part
-- payment whose day the file does not tell is dated on the day of the import.
create temp view paid as
select payment_id, invoice_id, buyer_id, kind, currency, amount_minor - open_minor as paid_minor,
       greatest(coalesce(settled_on, %(today)s), (select closed_until()) + 1) as paid_on
from staged
where open_minor < amount_minor
union all
select payment_id, known_id, buyer_id, kind, currency, paid_minor, greatest(coalesce(settled_on, %(today)s), (select closed_until()) + 1)
from known
where paid_minor > 0
