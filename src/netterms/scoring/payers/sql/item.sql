-- The relation `item` of `features`: one row an invoice, named by its id, as known on %(as_of)s.
-- What was written off was never paid: it stays open here.
select i.buyer_id::text as buyer,
       i.currency::text as currency,
       i.id::text as invoice_number,
       i.issued_on,
       i.due_on,
       i.amount_minor,
       case when i.state = 'paid' and i.settled_on <= %(as_of)s then i.settled_on end as settled_on
from invoice i
where i.seller_id = (select current_seller()) and i.kind = 'invoice' and i.issued_on <= %(as_of)s
