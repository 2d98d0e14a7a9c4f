-- One payment an invoice that the file shows paid, all or in part, and its line of the journal: money
-- on the payment's day.
with booked as (
  insert into payment (seller_id, id, buyer_id, kind, currency, amount_minor, paid_on, import_id)
  select %(seller)s, payment_id, buyer_id, case kind when 'invoice' then 'receipt' else 'refund' end,
         currency, paid_minor, paid_on, %(import)s
  from paid
)
insert into journal_entry (seller_id, booked_on, debit_account, credit_account, currency,
                           amount_minor, buyer_id, source_kind, source_id)
select %(seller)s, paid_on,
       case kind when 'invoice' then 'bank' else 'receivable' end,
       case kind when 'invoice' then 'receivable' else 'bank' end,
       currency, paid_minor, buyer_id, 'payment', payment_id
from paid
