-- Every invoice and note of a buyer that is open or was paid in part, for a hand-over.
select i.invoice_number, case when i.is_debit_note then 'debit_note' else i.kind end as kind, i.currency::text as currency,
       i.issued_on, i.due_on, i.amount_minor, i.tax_minor, i.open_minor, i.state, i.reference, disputed.minor as disputed_minor
from invoice i
cross join lateral (
  select coalesce(sum(d.amount_minor), 0)::bigint as minor from dispute d
  where d.seller_id = i.seller_id and d.invoice_id = i.id and d.settled_on is null
) disputed
where i.seller_id = %(seller)s and i.buyer_id = %(buyer)s and i.open_minor > 0
order by i.due_on, i.invoice_number
