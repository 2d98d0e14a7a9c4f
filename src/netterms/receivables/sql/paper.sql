-- One invoice or note, with its buyer and what it corrects.
select i.id, i.buyer_id, b.name as buyer_name, b.buyer_number, i.invoice_number, i.kind, i.is_debit_note,
       i.currency::text as currency, i.amount_minor, i.open_minor, i.tax_minor, i.issued_on, i.due_on, i.state,
       i.settled_on, i.note_of, o.invoice_number as note_of_number, i.reason, i.reference,
       coalesce((select sum(d.amount_minor) from dispute d
                 where d.seller_id = i.seller_id and d.invoice_id = i.id and d.settled_on is null), 0)::bigint
         as disputed_minor
from invoice i
join buyer b on b.seller_id = i.seller_id and b.id = i.buyer_id
left join invoice o on o.seller_id = i.seller_id and o.id = i.note_of
where i.seller_id = %(seller)s and i.id = %(id)s
