-- Every invoice that is late or owed by an insolvent buyer, with its stage after the overrides of rule
-- book section 0.1: insolvency first, then the disputed part, then a running plan. As open on the day.
-- The relation `late_item` of the statements beside: read where it is asked for, never stored.
-- Most invoices have no override: they are read alone, and the few others by key with what is known of them.
select invoice_id, buyer_id, currency, due_on, days_past_due, is_frozen, is_disputed,
       greatest(collectable_minor, 0) as collectable_minor,
       case when is_insolvent then 4
            when collectable_minor <= %(small_balance)s then 0
            else width_bucket(counted_days, %(stage_starts)s::int[]) end as stage
from (
  select i.id as invoice_id, i.buyer_id, i.currency, i.due_on,
         %(as_of)s - i.due_on as days_past_due, %(as_of)s - i.due_on as counted_days,
         false as is_frozen, false as is_disputed, false as is_insolvent,
         case when i.settled_on is null then i.open_minor
              else i.amount_minor - paid_until(i.id, %(as_of)s) end as collectable_minor
  from invoice i
  where i.seller_id = %(seller)s and i.kind = 'invoice' and i.issued_on <= %(as_of)s
    and (i.settled_on is null or i.settled_on > %(as_of)s) and i.due_on < %(as_of)s
    and i.id not in (select invoice_id from (/* overridden.sql */) o)
  union all
  select i.id, i.buyer_id, i.currency, i.due_on, %(as_of)s - i.due_on,
         -- A plan in good standing freezes the stage reached on the day it started.
         coalesce(o.started_on, %(as_of)s) - i.due_on,
         o.started_on is not null and not o.is_insolvent,
         o.disputed_minor > 0 and not o.is_insolvent,
         o.is_insolvent,
         case when i.settled_on is null then i.open_minor
              else i.amount_minor - paid_until(i.id, %(as_of)s) end
         -- An insolvent buyer's debts are claimed whole.
         - case when o.is_insolvent then 0 else o.disputed_minor end
  from (
    select invoice_id, sum(disputed_minor)::bigint as disputed_minor, min(started_on) as started_on,
           bool_or(is_insolvent) as is_insolvent
    from (/* overridden.sql */) one
    group by invoice_id
  ) o
  join invoice i on i.seller_id = %(seller)s and i.id = o.invoice_id
  where i.kind = 'invoice' and i.issued_on <= %(as_of)s
    and (i.settled_on is null or i.settled_on > %(as_of)s) and (i.due_on < %(as_of)s or o.is_insolvent)
) known
