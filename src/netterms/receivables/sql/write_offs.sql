-- Write-offs with their invoice and buyer, the newest first.
select w.id, w.invoice_id, i.invoice_number, i.buyer_id, b.name as buyer_name, i.currency::text as currency,
       w.amount_minor, w.reason, w.note, w.state, w.proposed_by, w.proposed_at, w.decided_by, w.payment_id,
       -- A later row below zero that is no recovery took it back; its event knows the day on which that was done.
       case when exists (
         select from allocation a
         where a.seller_id = w.seller_id and a.payment_id = w.payment_id and a.undoes is not null and not a.is_recovery)
       then (
         select max(e.business_date) from event e
         where e.seller_id = w.seller_id and e.subject_id = w.payment_id and e.kind = 'receivables.allocation_undone')
       end as taken_back_on
from write_off w
join invoice i on i.seller_id = w.seller_id and i.id = w.invoice_id
join buyer b on b.seller_id = i.seller_id and b.id = i.buyer_id
where w.seller_id = %(seller)s and (%(invoice)s::uuid is null or w.invoice_id = %(invoice)s)
  and (not %(waiting)s or w.state = 'proposed')
order by w.id desc
limit %(most)s
