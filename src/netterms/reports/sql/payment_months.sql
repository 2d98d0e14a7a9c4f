-- How a buyer paid, by currency and month of payment, in the last 24 months. What was written off was not paid.
select currency::text as currency, date_trunc('month', settled_on)::date as month,
       count(*)::int as invoices, sum(amount_minor)::bigint as amount_minor,
       round(sum((settled_on - due_on)::numeric * amount_minor) / sum(amount_minor), 1)
         as days_late,
       round(count(*) filter (where settled_on > due_on)::numeric / count(*), 4) as late_share
from invoice
where seller_id = %(seller)s and buyer_id = %(buyer)s and kind = 'invoice' and state <> 'written_off'
  and settled_on <= %(as_of)s and settled_on > %(as_of)s - interval '24 months'
group by 1, 2
order by 1, 2
