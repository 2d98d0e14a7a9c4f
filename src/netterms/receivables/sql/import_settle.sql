-- Invoices the book knows and of which the file shows less open: they were paid in between.
update invoice i
set open_minor = c.open_minor,
    state = case when c.open_minor = 0 then 'paid' else 'part_paid' end,
    settled_on = c.settled_on
from compared c
where i.seller_id = %(seller)s and i.id = c.invoice_id and not c.is_new and c.paid_minor > 0
