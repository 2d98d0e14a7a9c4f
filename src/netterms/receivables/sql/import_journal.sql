-- The journal of new invoices: sales on the invoice's day; credit notes the other way.
insert into journal_entry (seller_id, booked_on, debit_account, credit_account, currency,
                           amount_minor, buyer_id, source_kind, source_id)
select %(seller)s, issued_on,
       case kind when 'invoice' then 'receivable' else 'sales' end,
       case kind when 'invoice' then 'sales' else 'receivable' end,
       currency, amount_minor, buyer_id, kind, invoice_id
from staged
