-- One payment an invoice that the file shows paid, all or in part. A part payment whose day the file
-- does not tell is dated on the day of the import.
create temp table paid on commit drop as
select uuidv7() as payment_id, invoice_id, buyer_id, currency, paid_minor,
       case kind when 'invoice' then 'receipt' else 'refund' end as kind,
       coalesce(settled_on, %(today)s) as paid_on
from compared
where paid_minor > 0;

insert into payment (seller_id, id, buyer_id, kind, currency, amount_minor, paid_on, import_id)
select %(seller)s, payment_id, buyer_id, kind, currency, paid_minor, paid_on, %(import)s from paid;

insert into allocation (seller_id, payment_id, invoice_id, amount_minor, allocated_on)
select %(seller)s, payment_id, invoice_id, paid_minor, paid_on from paid
