-- How many buyers have open invoices between two numbers of days past due on %(as_of)s.
-- Put after the common table expression `item` (receivables/item.sql).
select count(distinct item.buyer) as buyers
from item
where item.currency = %(currency)s and item.open_minor > 0
  and (%(first)s::int is null or %(as_of)s - item.due_on >= %(first)s)
  and (%(last)s::int is null or %(as_of)s - item.due_on <= %(last)s)
