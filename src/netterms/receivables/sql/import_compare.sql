-- Every row beside what the book holds under its number. invoice_id is new where there is nothing.
create temp table compared on commit drop as
select s.row_no, s.company_code, s.currency, s.invoice_number, s.kind, s.issued_on, s.due_on,
       s.amount_minor, s.open_minor, s.settled_on,
       b.id as buyer_id,
       i.id is null as is_new,
       coalesce(i.id, uuidv7()) as invoice_id,
       coalesce(i.open_minor, s.amount_minor) - s.open_minor as paid_minor,
       i.id is not null and (i.buyer_id, i.kind, i.currency::text, i.amount_minor)
         is distinct from (b.id, s.kind, s.currency, s.amount_minor) as differs
from staged s
join buyer b on b.seller_id = %(seller)s and b.buyer_number = s.buyer_number
left join invoice i on i.seller_id = %(seller)s and i.company_code = s.company_code
                   and i.invoice_number = s.invoice_number
order by s.row_no
