-- What stands written off of an invoice, by the settlement it was done with, the oldest first.
select a.payment_id, sum(a.write_off_minor)::bigint as lost_minor
from allocation a
join payment p on p.seller_id = a.seller_id and p.id = a.payment_id
where a.seller_id = %(seller)s and a.invoice_id = %(invoice)s and p.kind = 'write_off'
group by a.payment_id
having sum(a.write_off_minor) > 0
order by a.payment_id
