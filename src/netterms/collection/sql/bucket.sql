-- Buyers with open invoices between two numbers of days past due on %(as_of)s, largest first.
-- Put after the common table expression `item` (receivables/item.sql).
select item.buyer::uuid as buyer_id, max(item.buyer_name) as buyer_name, max(item.country) as country,
       count(*) as invoices, sum(item.open_minor)::bigint as open_minor,
       max(%(as_of)s - item.due_on) as days_past_due
from item
where item.currency = %(currency)s and item.open_minor > 0
  and (%(first)s::int is null or %(as_of)s - item.due_on >= %(first)s)
  and (%(last)s::int is null or %(as_of)s - item.due_on <= %(last)s)
group by item.buyer
order by sum(item.open_minor) desc, item.buyer
limit %(most)s offset %(skip)s
