-- Open invoices of which the buyer accepted to pay less by a day, with both: the last acceptance of each, as long as
-- open is what it was then (early_payment/sql/acceptances.sql says the same of what became of it).
select o.n, e.pay_minor, e.pay_by
from (
  select distinct on (x.invoice_id) x.invoice_id, x.open_minor, x.pay_minor, x.pay_by
  from early_payment x
  where x.seller_id = %(seller)s
  order by x.invoice_id, x.number desc
) e
join match_open o on o.id = e.invoice_id and o.open_minor = e.open_minor
