-- What some buyers owe late on %(as_of)s, by currency, largest first.
select i.buyer_id, i.currency::text as currency, count(*) as invoices,
       sum(i.open_minor)::bigint as overdue_minor,
       max(%(as_of)s - i.due_on) as days_past_due
from invoice i
where i.seller_id = %(seller)s and i.buyer_id = any(%(buyers)s) and i.kind = 'invoice'
  and i.open_minor > 0 and i.due_on < %(as_of)s
group by i.buyer_id, i.currency
order by i.buyer_id, sum(i.open_minor) desc
