-- How many of the judged orders each verdict has, and how many of them became invoices that were not
-- paid by their due date (as of today).
select j.verdict, j.currency, count(*) as orders, sum(j.amount_minor)::bigint as amount_minor,
       count(l.late_minor) as late_orders, coalesce(sum(l.late_minor), 0)::bigint as late_minor
from judged_order j
left join (
  select p.order_id, sum(i.amount_minor) as late_minor
  from order_invoice p
  join invoice i on i.seller_id = p.seller_id and i.id = p.invoice_id
  where p.seller_id = %(seller)s and i.kind = 'invoice'
    and case when i.open_minor > 0 then %(today)s::date else coalesce(i.settled_on, i.due_on) end > i.due_on
  group by p.order_id
) l on l.order_id = j.id
group by j.verdict, j.currency
order by j.currency, array_position(array['approve', 'review', 'decline'], j.verdict)
