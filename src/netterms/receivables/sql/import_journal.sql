-- The journal: sales on the invoice's day, money on the payment's day; credit notes the other way.
insert into journal_entry (seller_id, booked_on, debit_account, credit_account, currency,
                           amount_minor, buyer_id, source_kind, source_id)
select %(seller)s::uuid, issued_on,
       case kind when 'invoice' then 'receivable' else 'sales' end,
       case kind when 'invoice' then 'sales' else 'receivable' end,
       currency, amount_minor, buyer_id, kind, invoice_id
from staged
union all
(
  select %(seller)s::uuid, paid_on,
         case kind when 'invoice' then 'bank' else 'receivable' end,
         case kind when 'invoice' then 'receivable' else 'bank' end,
         currency, paid_minor, buyer_id, 'payment', payment_id
  from paid
  order by payment_nth
)
