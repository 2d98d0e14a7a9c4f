-- What many payments settle, in the invoices' own currency and nothing given beside it; one entry of the journal a
-- payment. The rest follows by trigger (post_allocations.sql).
insert into allocation (seller_id, invoice_id, payment_id, sequence, entry_id, amount_minor, taken_minor,
                        discount_minor, write_off_minor, allocated_on, is_recovery, reason)
select %(seller)s, a.invoice_id, a.payment_id,
       coalesce((select max(x.sequence) from allocation x
                 where x.seller_id = %(seller)s and x.invoice_id = a.invoice_id and x.payment_id = a.payment_id), 0) + 1,
       a.entry_id, a.minor, a.minor, 0, 0,
       greatest(p.paid_on, i.issued_on, (select closed_until()) + 1), false, ''
from unnest(%(payments)s::uuid[], %(entries)s::uuid[], %(invoices)s::uuid[], %(minors)s::bigint[])
     a(payment_id, entry_id, invoice_id, minor)
join payment p on p.seller_id = %(seller)s and p.id = a.payment_id
join invoice i on i.seller_id = %(seller)s and i.id = a.invoice_id
