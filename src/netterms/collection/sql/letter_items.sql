-- What a letter to a buyer may ask for: late invoices without what is disputed, credited or in a plan that is kept.
select i.id, i.invoice_number, i.issued_on, i.due_on, i.currency::text as currency, i.amount_minor, i.tax_minor,
       i.open_minor, disputed.minor as disputed_minor
from invoice i
cross join lateral (
  select coalesce(sum(d.amount_minor), 0)::bigint as minor
  from dispute d
  where d.seller_id = i.seller_id and d.invoice_id = i.id and d.settled_on is null
) disputed
where i.seller_id = %(seller)s and i.buyer_id = %(buyer)s and i.kind = 'invoice' and i.open_minor > disputed.minor
  and i.due_on < %(as_of)s
  and not exists (
    select from payment_plan_invoice x
    join payment_plan p on p.seller_id = x.seller_id and p.id = x.plan_id
    where x.seller_id = i.seller_id and x.invoice_id = i.id and p.state in ('accepted', 'running'))
order by i.due_on, i.invoice_number
