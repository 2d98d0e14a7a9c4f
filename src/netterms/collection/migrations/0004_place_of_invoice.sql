-- A late invoice's place on the ladder names its buyer, due date and whether a payment plan froze it: where a
-- buyer stands follows from its invoices' places, without a second pass over the book.
alter table invoice_stage
  add column buyer_id uuid,
  add column due_on date,
  add column is_frozen boolean not null default false;
update invoice_stage g set buyer_id = i.buyer_id, due_on = i.due_on
from invoice i where i.seller_id = g.seller_id and i.id = g.invoice_id;
alter table invoice_stage alter column buyer_id set not null, alter column due_on set not null;
grant update (is_frozen) on invoice_stage to netterms_app;
