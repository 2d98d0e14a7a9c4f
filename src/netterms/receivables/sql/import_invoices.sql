-- New invoices and credit notes, with what the file says is still open.
insert into invoice (seller_id, id, buyer_id, company_code, invoice_number, kind, currency,
                     amount_minor, open_minor, issued_on, due_on, state, settled_on, import_id)
select %(seller)s, invoice_id, buyer_id, company_code, invoice_number, kind, currency,
       amount_minor, open_minor, issued_on, due_on,
       case when open_minor = amount_minor then 'open' when open_minor > 0 then 'part_paid' else 'paid' end,
       case when settled_on is not null then greatest(settled_on, (select closed_until()) + 1) end, %(import)s
from staged
