-- What an invoice came to by tax category and rate.
select tax_category, tax_rate, sum(net_minor + tax_minor)::bigint as amount_minor
from invoice_line
where seller_id = %(seller)s and invoice_id = %(invoice)s
group by tax_category, tax_rate
having sum(net_minor + tax_minor) > 0
order by tax_category, tax_rate
