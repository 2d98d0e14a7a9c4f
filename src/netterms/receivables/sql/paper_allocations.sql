-- What settled an invoice, or was taken back, with its payment, in the order it was made.
select a.payment_id, a.sequence, p.kind, p.reference, p.paid_on, p.currency::text as payment_currency,
       coalesce(a.taken_minor, a.amount_minor) as taken_minor, a.amount_minor, a.discount_minor, a.write_off_minor,
       a.realised_minor, a.allocated_on, a.undoes is not null as is_undo, a.is_recovery, a.reason,
       a.undoes is null and not exists (
         select from allocation u
         where u.seller_id = a.seller_id and u.invoice_id = a.invoice_id and u.payment_id = a.payment_id
           and u.undoes = coalesce(a.entry_id, a.payment_id) and u.sequence > a.sequence) as stands
from allocation a
join payment p on p.seller_id = a.seller_id and p.id = a.payment_id
where a.seller_id = %(seller)s and a.invoice_id = %(id)s
order by a.allocated_on, a.payment_id, a.sequence
