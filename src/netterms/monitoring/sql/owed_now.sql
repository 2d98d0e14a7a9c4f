-- What every buyer owes, by currency: one pass over the book, of its own, so that it may be shared by several workers.
create temp table owed_now on commit drop as
select buyer_id, currency::text as currency,
       sum(case kind when 'invoice' then open_minor else -open_minor end)::bigint as owed_minor
from invoice
where seller_id = %(seller)s and open_minor > 0 and issued_on <= %(as_of)s
group by buyer_id, currency
