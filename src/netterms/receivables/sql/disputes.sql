-- Disputes with their invoice and buyer: open ones first, the oldest of them on top. `is_after_due` says whether it
-- was raised only after the invoice was due.
select d.id, d.invoice_id, i.invoice_number, i.buyer_id, b.name as buyer_name, i.currency::text as currency,
       d.amount_minor, i.open_minor, i.amount_minor as invoice_minor, i.due_on, d.reason, d.note, d.state, d.raised_on,
       d.raised_by, d.acknowledged_on, d.owner, d.owner_on, d.position, d.position_on, d.litigated_on, d.settled_on,
       d.outcome_note, d.credit_note_id, d.raised_on > i.due_on as is_after_due
from dispute d
join invoice i on i.seller_id = d.seller_id and i.id = d.invoice_id
join buyer b on b.seller_id = i.seller_id and b.id = i.buyer_id
where d.seller_id = %(seller)s
  and (%(id)s::uuid is null or d.id = %(id)s)
  and (%(buyer)s::uuid is null or i.buyer_id = %(buyer)s)
  and (%(invoice)s::uuid is null or d.invoice_id = %(invoice)s)
  and (not %(only_open)s or d.settled_on is null)
order by d.settled_on is not null, case when d.settled_on is null then d.raised_on end, d.settled_on desc, d.id
limit %(most)s offset %(skip)s
