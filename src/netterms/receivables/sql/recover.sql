-- Money for what was written off: the oldest write-offs are lessened by it, and the receipt settles as much of the
-- invoice, so that nothing is opened again. All of it one entry.
with lost as (
  select a.payment_id, sum(a.write_off_minor)::bigint as minor, max(a.sequence) as last, max(a.allocated_on) as last_on
  from allocation a
  join payment p on p.seller_id = a.seller_id and p.id = a.payment_id
  where a.seller_id = %(seller)s and a.invoice_id = %(invoice)s and p.kind = 'write_off'
  group by a.payment_id
  having sum(a.write_off_minor) > 0
),
-- Each takes what those before it leave.
shared as (
  select payment_id, last, last_on,
         least(minor, %(amount)s - (sum(minor) over (order by payment_id) - minor)) as minor
  from lost
),
-- Nothing is recovered before it was lost.
day as (
  select greatest(max(last_on), %(paid_on)s::date, (select closed_until()) + 1) as on_day from shared where minor > 0
)
insert into allocation (seller_id, invoice_id, payment_id, sequence, entry_id, amount_minor, taken_minor,
                        write_off_minor, allocated_on, is_recovery)
select %(seller)s, %(invoice)s, s.payment_id, s.last + 1, %(entry)s, -s.minor, 0, -s.minor, d.on_day, true
from shared s, day d
where s.minor > 0
union all
select %(seller)s, %(invoice)s, %(receipt)s,
       coalesce((select max(x.sequence) from allocation x
                 where x.seller_id = %(seller)s and x.invoice_id = %(invoice)s and x.payment_id = %(receipt)s), 0) + 1,
       %(entry)s, %(amount)s, %(amount)s, 0, d.on_day, true
from day d
