-- Write-offs with their invoice and buyer, the newest first.
select w.id, w.invoice_id, i.invoice_number, i.buyer_id, b.name as buyer_name, i.currency::text as currency,
       w.amount_minor, w.reason, w.note, w.state, w.proposed_by, w.proposed_at, w.decided_by, w.payment_id
from write_off w
join invoice i on i.seller_id = w.seller_id and i.id = w.invoice_id
join buyer b on b.seller_id = i.seller_id and b.id = i.buyer_id
where w.seller_id = %(seller)s and (%(invoice)s::uuid is null or w.invoice_id = %(invoice)s)
  and (not %(waiting)s or w.state = 'proposed')
order by w.id desc
limit %(most)s
