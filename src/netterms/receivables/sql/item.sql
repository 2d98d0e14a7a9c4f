-- The relation `item` of the portable questions: one row an invoice, as known on %(as_of)s.
-- Runs in the seller's book; row-level security leaves only that seller's rows.
select i.buyer_id::text as buyer,
       b.name as buyer_name,
       b.country,
       i.currency::text as currency,
       i.invoice_number,
       i.issued_on,
       i.due_on,
       case i.kind when 'invoice' then i.amount_minor else -i.amount_minor end as amount_minor,
       -- Written off is gone from its day on, though nobody paid it.
       case when i.settled_on <= %(as_of)s then 0
            else (i.amount_minor - coalesce(p.paid_minor, 0))
                 * case i.kind when 'invoice' then 1 else -1 end
       end::bigint as open_minor,
       case when i.settled_on <= %(as_of)s then i.settled_on end as settled_on
from invoice i
join buyer b on b.seller_id = i.seller_id and b.id = i.buyer_id
left join (
  select a.invoice_id, sum(a.amount_minor) as paid_minor
  from allocation a
  where a.seller_id = (select current_seller()) and a.allocated_on <= %(as_of)s
  group by a.invoice_id
) p on p.invoice_id = i.id
where i.seller_id = (select current_seller()) and i.issued_on <= %(as_of)s
