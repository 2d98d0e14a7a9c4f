-- The relation `item` of the portable questions: one row an invoice, as known on %(as_of)s.
-- Runs in the seller's book; row-level security leaves only that seller's rows.
select i.buyer_id::text as buyer,
       b.name as buyer_name,
       b.country,
       i.currency::text as currency,
       i.invoice_number,
       i.issued_on,
       i.due_on,
       case i.kind when 'invoice' then i.amount_minor else -i.amount_minor end as amount_minor,
       -- Written off is gone from its day on, though nobody paid it. Nothing is allocated to an open one
       -- since the day it was opened again; only the rest has to be looked up.
       case when i.settled_on <= %(as_of)s then 0
            when i.state = 'open' and coalesce(i.reopened_on <= %(as_of)s, true) then i.amount_minor
            else i.amount_minor - paid_until(i.id, %(as_of)s)
       end * case i.kind when 'invoice' then 1 else -1 end as open_minor,
       case when i.settled_on <= %(as_of)s then i.settled_on end as settled_on
from invoice i
-- Every invoice has its buyer; said this way it is not looked up by a question that does not ask for it.
left join buyer b on b.seller_id = i.seller_id and b.id = i.buyer_id
where i.seller_id = (select current_seller()) and i.issued_on <= %(as_of)s
