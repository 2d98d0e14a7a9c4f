-- Invoices of a buyer in a currency that something stands written off of, the oldest due first: for the form
-- that says a receipt is for one of them.
select i.id, i.invoice_number, i.due_on, sum(a.write_off_minor)::bigint as lost_minor
from invoice i
join allocation a on a.seller_id = i.seller_id and a.invoice_id = i.id
join payment p on p.seller_id = a.seller_id and p.id = a.payment_id and p.kind = 'write_off'
where i.seller_id = %(seller)s and i.buyer_id = %(buyer)s and i.currency = %(currency)s
group by i.id, i.invoice_number, i.due_on
having sum(a.write_off_minor) > 0
order by i.due_on, i.invoice_number
limit %(most)s
