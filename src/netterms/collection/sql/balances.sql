-- What one buyer owes on %(as_of)s and how far its invoices climbed, one row a currency in which anything
-- is open. Credits are negative; collectable is the overdue that is not in dispute now.
-- Put after the common table expression `item` (receivables/item.sql) of that buyer alone.
, owed as (
  select currency,
         count(*) as items,
         coalesce(sum(open_minor) filter (where open_minor > 0), 0)::bigint as open_minor,
         coalesce(sum(open_minor) filter (where open_minor < 0), 0)::bigint as credits_minor,
         coalesce(sum(open_minor) filter (where open_minor > 0 and due_on < %(as_of)s), 0)::bigint
           as overdue_minor
  from item
  where open_minor <> 0
  group by currency
)
select o.*,
       coalesce((
         select max(g.stage)
         from invoice i
         join invoice_stage g on g.seller_id = i.seller_id and g.invoice_id = i.id
         where i.seller_id = %(seller)s and i.buyer_id = %(buyer)s and i.currency = o.currency), 0)
         as stage,
       greatest(0, o.overdue_minor - coalesce((
         select sum(d.amount_minor)
         from invoice i
         join dispute d on d.seller_id = i.seller_id and d.invoice_id = i.id
         where i.seller_id = %(seller)s and i.buyer_id = %(buyer)s and i.currency = o.currency
           and i.due_on < %(as_of)s and d.settled_on is null), 0))::bigint as collectable_minor
from owed o
order by o.currency
