-- What stands written off of a buyer's invoices, by currency: what was recovered or taken back counts no more.
select i.currency::text as currency, sum(a.write_off_minor)::bigint as minor
from payment p
join allocation a on a.seller_id = p.seller_id and a.payment_id = p.id
join invoice i on i.seller_id = a.seller_id and i.id = a.invoice_id
where p.seller_id = %(seller)s and p.buyer_id = %(buyer)s and p.kind = 'write_off' and a.allocated_on <= %(as_of)s
group by i.currency
having sum(a.write_off_minor) > 0
