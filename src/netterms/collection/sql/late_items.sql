-- Every invoice that is late or owed by an insolvent buyer, with its stage after the overrides of rule
-- book section 0.1: insolvency first, then the disputed part, then a running plan. As open on the day.
-- The relation `late_item` of the statements beside: read where it is asked for, never stored.
select invoice_id, buyer_id, currency, due_on, days_past_due, is_frozen, is_disputed,
       greatest(collectable_minor, 0) as collectable_minor,
       case when is_insolvent then 4
            when collectable_minor <= %(small_balance)s then 0
            else width_bucket(counted_days, %(stage_starts)s::int[]) end as stage
from (
  select i.id as invoice_id, i.buyer_id, i.currency, i.due_on,
         %(as_of)s - i.due_on as days_past_due,
         -- A plan in good standing freezes the stage reached on the day it started.
         coalesce(plan.started_on, %(as_of)s) - i.due_on as counted_days,
         plan.started_on is not null and failed.id is null as is_frozen,
         dispute.minor > 0 and failed.id is null as is_disputed,
         failed.id is not null as is_insolvent,
         case when i.settled_on is null then i.open_minor
              else i.amount_minor - paid_until(i.id, %(as_of)s) end
         -- An insolvent buyer's debts are claimed whole.
         - case when failed.id is null then coalesce(dispute.minor, 0) else 0 end as collectable_minor
  from invoice i
  left join (
    select id from buyer where seller_id = %(seller)s and insolvent_on <= %(as_of)s
  ) failed on failed.id = i.buyer_id
  left join (
    select d.invoice_id, sum(d.amount_minor)::bigint as minor
    from dispute d
    where d.seller_id = %(seller)s and d.raised_on <= %(as_of)s
      and (d.settled_on is null or d.settled_on > %(as_of)s)
    group by d.invoice_id
  ) dispute on dispute.invoice_id = i.id
  left join (
    select x.invoice_id, min(p.started_on) as started_on
    from payment_plan p
    join payment_plan_invoice x on x.seller_id = p.seller_id and x.plan_id = p.id
    where p.seller_id = %(seller)s and p.state in ('accepted', 'running') and p.started_on <= %(as_of)s
    group by x.invoice_id
  ) plan on plan.invoice_id = i.id
  where i.seller_id = %(seller)s and i.kind = 'invoice' and i.issued_on <= %(as_of)s
    and (i.settled_on is null or i.settled_on > %(as_of)s)
    and (i.due_on < %(as_of)s or failed.id is not null)
) known
