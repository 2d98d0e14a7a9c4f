-- What a payment settles, one row an invoice; the rest follows by trigger (post_allocations.sql).
insert into allocation (seller_id, invoice_id, payment_id, sequence, entry_id, amount_minor, taken_minor,
                        discount_minor, write_off_minor, realised_minor, allocated_on, is_recovery, reason)
select %(seller)s, a.invoice_id, %(payment)s,
       coalesce((select max(x.sequence) from allocation x
                 where x.seller_id = %(seller)s and x.invoice_id = a.invoice_id and x.payment_id = %(payment)s), 0) + 1,
       %(entry)s, a.settled, a.taken, a.discount, a.write_off, a.realised, greatest(a.day, (select closed_until()) + 1), false, ''
from unnest(%(invoices)s::uuid[], %(settled)s::bigint[], %(taken)s::bigint[], %(discounts)s::bigint[],
            %(write_offs)s::bigint[], %(realised)s::bigint[], %(days)s::date[])
     a(invoice_id, settled, taken, discount, write_off, realised, day)
