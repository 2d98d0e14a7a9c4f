-- What the seller invoiced in the year, by currency: one pass over the book, of its own, so that it may
-- be shared by several workers.
create temp table seller_sales on commit drop as
select currency::text as currency, sum(amount_minor)::bigint as minor
from invoice
where seller_id = %(seller)s and kind = 'invoice'
  and issued_on > %(since)s and issued_on <= %(as_of)s
group by invoice.currency
