-- The lines of an invoice in their order.
select place, description, quantity, unit, unit_price, allowance_minor, net_minor, tax_category, tax_rate, tax_minor
from invoice_line
where seller_id = %(seller)s and invoice_id = %(id)s
order by place
