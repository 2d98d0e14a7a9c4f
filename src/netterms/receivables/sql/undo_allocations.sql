-- The next row of each allocation named, with its amounts below zero and its day: every balance is as before.
insert into allocation (seller_id, invoice_id, payment_id, sequence, entry_id, amount_minor, taken_minor,
                        discount_minor, write_off_minor, realised_minor, allocated_on, undoes, is_recovery,
                        reason)
select a.seller_id, a.invoice_id, a.payment_id,
       (select max(x.sequence) from allocation x
        where x.seller_id = a.seller_id and x.invoice_id = a.invoice_id and x.payment_id = a.payment_id)
         + row_number() over (partition by a.invoice_id, a.payment_id order by a.sequence),
       %(entry)s, -a.amount_minor, -coalesce(a.taken_minor, a.amount_minor), -a.discount_minor, -a.write_off_minor,
       -a.realised_minor, greatest(a.allocated_on, (select closed_until()) + 1), coalesce(a.entry_id, a.payment_id),
       a.is_recovery, %(reason)s
from unnest(%(payments)s::uuid[], %(invoices)s::uuid[], %(sequences)s::int[]) u(payment_id, invoice_id, sequence)
join allocation a on a.seller_id = %(seller)s and a.payment_id = u.payment_id and a.invoice_id = u.invoice_id
                 and a.sequence = u.sequence
