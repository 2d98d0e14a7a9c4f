-- What an entry took back, by invoice, with what is open of each; locked.
select i.id as invoice_id, i.currency::text as currency, i.open_minor, u.minor, u.taken_minor
from (
  select invoice_id, -sum(amount_minor)::bigint as minor, -sum(taken_minor)::bigint as taken_minor
  from allocation
  where seller_id = %(seller)s and entry_id = %(undone)s
    and invoice_id in (select invoice_id from allocation where seller_id = %(seller)s and payment_id = %(payment)s)
  group by invoice_id
) u
join invoice i on i.seller_id = %(seller)s and i.id = u.invoice_id
order by i.id
for update of i
