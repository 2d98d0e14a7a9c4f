-- The journal until a day in the order of its days and sources, with the number of an invoice or the reference of a
-- payment, and the buyer's name.
select j.source_id, j.booked_on, j.source_kind, j.debit_account, j.credit_account, j.currency::text as currency,
       j.amount_minor, coalesce(i.invoice_number, p.reference, '') as document, b.name as buyer_name, j.reverses
from journal_entry j
left join invoice i on i.seller_id = j.seller_id and i.id = j.source_id
left join payment p on p.seller_id = j.seller_id and p.id = j.source_id
left join buyer b on b.seller_id = j.seller_id and b.id = j.buyer_id
where j.seller_id = %(seller)s and j.booked_on <= %(until)s
order by j.booked_on, j.source_id, j.line
