-- The relation `debt` of `claims.sql` on the live book: one row a part of an invoice that stayed unpaid
-- until `until_on`, as known on %(as_of)s. Money stops interest on the day it came, whenever it was matched.
-- %(invoices)s are the invoices asked for; null asks for all.
--
-- Days of a payment plan that bears interest of its own bear none by law: a part until the plan's end is taken off, one
-- until its start is put back.
with planned as (
  select x.invoice_id, q.started_on, coalesce(q.closed_on, %(as_of)s::date) as ended_on,
         coalesce(q.closed_on > %(as_of)s, true) as is_running
  from payment_plan q
  join payment_plan_invoice x on x.seller_id = q.seller_id and x.plan_id = q.id
  where q.seller_id = (select current_seller()) and q.currency is not null and q.yearly_percent > 0
    and q.state in ('running', 'completed', 'accelerated', 'replanned', 'cancelled') and q.started_on < %(as_of)s
    and (%(invoices)s::uuid[] is null or x.invoice_id = any(%(invoices)s::uuid[]))
),
part as (
  -- What is left of it; written off, nobody owes more from that day on.
  select i.id, i.buyer_id, i.currency, i.due_on,
         case when i.state = 'written_off' and i.settled_on < %(as_of)s then i.settled_on
              else %(as_of)s::date end as until_on,
         -- Nothing was ever allocated to an open one.
         case i.state when 'open' then i.amount_minor
                      else i.amount_minor - paid_until(i.id, %(as_of)s) end as amount_minor,
         i.state <> 'written_off' or i.settled_on > %(as_of)s as is_open
  from invoice i
  where i.seller_id = (select current_seller()) and i.kind = 'invoice' and i.due_on < %(as_of)s
    and (%(invoices)s::uuid[] is null or i.id = any(%(invoices)s::uuid[]))
  union all
  -- What was paid of it, by payment: what was undone counts as never paid.
  select i.id, i.buyer_id, i.currency, i.due_on, least(y.paid_on, %(as_of)s::date),
         sum(a.amount_minor)::bigint, false
  from allocation a
  join invoice i on i.seller_id = a.seller_id and i.id = a.invoice_id
  join payment y on y.seller_id = a.seller_id and y.id = a.payment_id
  where a.seller_id = (select current_seller()) and a.allocated_on <= %(as_of)s and y.paid_on > i.due_on
    and i.kind = 'invoice' and i.due_on < %(as_of)s
    and (%(invoices)s::uuid[] is null or a.invoice_id = any(%(invoices)s::uuid[]))
    -- What a credit note for the invoice took back was never owed.
    and (y.kind <> 'offset' or not exists (
      select from allocation o
      join invoice c on c.seller_id = o.seller_id and c.id = o.invoice_id
      where o.seller_id = a.seller_id and o.payment_id = y.id and c.kind = 'credit_note' and c.note_of = i.id))
  group by i.id, i.buyer_id, i.currency, i.due_on, y.id, y.paid_on
),
edge as (
  -- Each planned invoice as it is, and at both ends of its plan.
  select invoice_id, null::date as started_on, null::date as day, 1 as sign, bool_or(is_running) as stands_still
  from planned
  group by invoice_id
  union all
  select n.invoice_id, n.started_on, v.day, v.sign, true
  from planned n
  cross join lateral (values (n.started_on, 1), (least(n.ended_on, %(as_of)s::date), -1)) as v(day, sign)
)
select part.id::text as debt,
       b.country,
       case p.creditor_small when true then 'yes' when false then 'no' else 'unknown' end as creditor_small,
       case t.debtor_large when true then 'yes' when false then 'no' else 'unknown' end as debtor_large,
       (coalesce(t.contract_percent, p.contract_percent) * 1000000)::bigint as contract_e6,
       part.currency::text as currency,
       part.due_on,
       null::date as receipt_start_on,
       least(e.day, part.until_on) as until_on,
       coalesce(e.sign, 1) * part.amount_minor as amount_minor,
       part.is_open and not coalesce(e.stands_still, false) as is_open
from part
left join edge e on e.invoice_id = part.id and (e.day is null or e.started_on < part.until_on)
join buyer b on b.seller_id = (select current_seller()) and b.id = part.buyer_id
left join terms_policy p on p.seller_id = (select current_seller())
left join buyer_terms t on t.seller_id = (select current_seller()) and t.buyer_id = part.buyer_id
where part.amount_minor > 0
