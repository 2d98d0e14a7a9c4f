-- Allocations of a payment (of one invoice, or of all) that were not taken back, in the order they were made.
-- What was made together without money, or as a recovery, stands and falls together.
with named as (
  select a.* from allocation a
  where a.seller_id = %(seller)s and a.payment_id = %(payment)s
    and (%(invoice)s::uuid is null or a.invoice_id = %(invoice)s)
),
reached as (
  select n.payment_id, n.invoice_id, n.sequence from named n
  union
  select a.payment_id, a.invoice_id, a.sequence
  from named n
  join payment p on p.seller_id = n.seller_id and p.id = n.payment_id
  join allocation a on a.seller_id = n.seller_id and a.entry_id = n.entry_id
   and (a.payment_id = n.payment_id or a.invoice_id = n.invoice_id)
  where p.kind = 'offset' or n.is_recovery
)
select a.payment_id, a.invoice_id, a.sequence, a.entry_id, a.amount_minor,
       coalesce(a.taken_minor, a.amount_minor)
         * case when (p.kind = 'refund') = (i.kind = 'credit_note') then 1 else -1 end as used_minor
from reached r
join allocation a on a.seller_id = %(seller)s and a.payment_id = r.payment_id and a.invoice_id = r.invoice_id
                 and a.sequence = r.sequence
join payment p on p.seller_id = a.seller_id and p.id = a.payment_id
join invoice i on i.seller_id = a.seller_id and i.id = a.invoice_id
where a.undoes is null
  and not exists (
    select from allocation u
    where u.seller_id = a.seller_id and u.invoice_id = a.invoice_id and u.payment_id = a.payment_id
      and u.undoes = coalesce(a.entry_id, a.payment_id) and u.sequence > a.sequence)
order by a.invoice_id, a.sequence
