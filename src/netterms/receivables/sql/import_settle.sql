-- Invoices the book knows and of which the file shows less open: they were paid in between.
update invoice i
set open_minor = k.open_minor,
    state = case when k.open_minor = 0 then 'paid' else 'part_paid' end,
    settled_on = case when k.settled_on is not null then greatest(k.settled_on, (select closed_until()) + 1) end
from known k
where i.seller_id = %(seller)s and i.id = k.known_id and k.paid_minor > 0
