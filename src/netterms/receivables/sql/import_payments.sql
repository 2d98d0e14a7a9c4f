-- One payment an invoice that the file shows paid, all or in part.
insert into payment (seller_id, id, buyer_id, kind, currency, amount_minor, paid_on, import_id)
select %(seller)s, payment_id, buyer_id, case kind when 'invoice' then 'receipt' else 'refund' end,
       currency, paid_minor, paid_on, %(import)s
from paid
order by payment_nth
