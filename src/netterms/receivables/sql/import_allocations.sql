-- Each of these payments settles the invoice it was found by.
insert into allocation (seller_id, payment_id, invoice_id, amount_minor, allocated_on)
select %(seller)s, payment_id, invoice_id, paid_minor, paid_on
from paid
