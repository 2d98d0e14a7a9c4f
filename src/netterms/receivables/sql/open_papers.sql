-- What a buyer has open, the oldest due first: for the form that allocates a payment.
select i.id, i.invoice_number, i.kind, i.currency::text as currency, i.amount_minor, i.open_minor, i.issued_on, i.due_on
from invoice i
where i.seller_id = %(seller)s and i.buyer_id = %(buyer)s and i.open_minor > 0
order by i.kind desc, i.due_on, i.invoice_number
limit %(most)s
