-- What an entry took back, settled again as it was: the next row of each allocation.
insert into allocation (seller_id, invoice_id, payment_id, sequence, entry_id, amount_minor, taken_minor,
                        discount_minor, write_off_minor, realised_minor, allocated_on, is_recovery, reason)
select a.seller_id, a.invoice_id, a.payment_id,
       (select max(x.sequence) from allocation x
        where x.seller_id = a.seller_id and x.invoice_id = a.invoice_id and x.payment_id = a.payment_id)
         + row_number() over (partition by a.invoice_id, a.payment_id order by a.sequence),
       %(entry)s, -a.amount_minor, -a.taken_minor, -a.discount_minor, -a.write_off_minor, -a.realised_minor,
       greatest(a.allocated_on, (select closed_until()) + 1), a.is_recovery, ''
from allocation a
where a.seller_id = %(seller)s and a.entry_id = %(undone)s
  and a.invoice_id in (select invoice_id from allocation where seller_id = %(seller)s and payment_id = %(payment)s)
