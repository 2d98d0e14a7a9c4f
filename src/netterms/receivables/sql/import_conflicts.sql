-- Rows whose number the book knows with another buyer, kind, currency, amount or due date, or with more paid:
-- the first column that contradicts it, and what stands in the file and in the book (amounts in minor units).
select k.row_no, k.invoice_number, c.field, c.in_file, c.in_book, i.currency::text as currency
from known k
join invoice i on i.seller_id = %(seller)s and i.id = k.known_id
join buyer was on was.seller_id = i.seller_id and was.id = i.buyer_id
join buyer told on told.seller_id = i.seller_id and told.id = k.buyer_id
cross join lateral (
  select x.field, x.in_file, x.in_book
  from (values
    (1, 'buyer_number', told.buyer_number, was.buyer_number),
    (2, 'kind', k.kind, i.kind),
    (3, 'currency', k.currency::text, i.currency::text),
    (4, 'amount', k.amount_minor::text, i.amount_minor::text),
    (5, 'due_on', k.due_on::text, i.due_on::text),
    (6, 'open_amount', k.open_minor::text, i.open_minor::text)
  ) x(place, field, in_file, in_book)
  where x.in_file <> x.in_book
  order by x.place
  limit 1
) c
where k.differs or k.paid_minor < 0
order by k.row_no
limit 1000
