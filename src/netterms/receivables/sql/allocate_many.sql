-- What many payments settle, in the invoices' own currency and nothing given beside it; one entry of the journal a
-- payment. Money of another currency than the seller's has its gain or loss by the rates of both days, as
-- `payments.allocate` works it out; none where a rate was not published. The rest follows by trigger
-- (post_allocations.sql).
with part as materialized (
  select a.payment_id, a.entry_id, a.invoice_id, a.minor, p.kind, p.paid_on, i.issued_on, i.currency::text as currency
  from unnest(%(payments)s::uuid[], %(entries)s::uuid[], %(invoices)s::uuid[], %(minors)s::bigint[])
       a(payment_id, entry_id, invoice_id, minor)
  join payment p on p.seller_id = %(seller)s and p.id = a.payment_id
  join invoice i on i.seller_id = %(seller)s and i.id = a.invoice_id
),
rate as materialized (
  select d.currency, d.day, minor_rate(d.currency, s.currency::text, d.day) as rate
  from seller s
  cross join lateral (
    select currency, paid_on as day from part where currency <> s.currency and kind = 'receipt'
    union
    select currency, issued_on from part where currency <> s.currency and kind = 'receipt'
  ) d
  where s.seller_id = %(seller)s
)
insert into allocation (seller_id, invoice_id, payment_id, sequence, entry_id, amount_minor, taken_minor,
                        discount_minor, write_off_minor, realised_minor, allocated_on, is_recovery, reason)
select %(seller)s, a.invoice_id, a.payment_id,
       coalesce((select max(x.sequence) from allocation x
                 where x.seller_id = %(seller)s and x.invoice_id = a.invoice_id and x.payment_id = a.payment_id), 0) + 1,
       a.entry_id, a.minor, a.minor, 0, 0,
       case a.kind when 'receipt' then half_up(a.minor * paid.rate - a.minor * owed.rate) end,
       greatest(a.paid_on, a.issued_on, (select closed_until()) + 1), false, ''
from part a
left join rate paid on paid.currency = a.currency and paid.day = a.paid_on
left join rate owed on owed.currency = a.currency and owed.day = a.issued_on
