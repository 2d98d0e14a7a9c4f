-- What the payments of a batch settle; the match is their entry in the journal. Triggers write what is open, what is left, and the journal.
-- It counts on the day the money came, or the first open one after it. Of another currency than the seller's each has its
-- gain or loss by the rates of both days, as `payments.allocate` works it out; none where a rate was not published.
with part as materialized (
  select m.seller_id, m.id, m.payment_id, i.id as invoice_id, i.currency::text as currency, i.issued_on, l.booked_on,
         (p.part->>'taken')::bigint as taken, (p.part->>'discount')::bigint as discount,
         (p.part->>'write_off')::bigint as write_off
  from bank_match m
  join bank_line l on l.seller_id = m.seller_id and l.id = m.line_id
  cross join lateral jsonb_array_elements(m.parts) p(part)
  join invoice i on i.seller_id = m.seller_id and i.id = (p.part->>'invoice')::uuid
  where m.seller_id = %(seller)s and m.batch_id = %(batch)s and m.state = 'posted'
),
rate as materialized (
  select d.currency, d.day, minor_rate(d.currency, s.currency::text, d.day) as rate
  from seller s
  cross join lateral (
    select currency, booked_on as day from part where currency <> s.currency
    union
    select currency, issued_on from part where currency <> s.currency
  ) d
  where s.seller_id = %(seller)s
)
insert into allocation (seller_id, invoice_id, payment_id, sequence, entry_id, amount_minor, taken_minor,
                        discount_minor, write_off_minor, realised_minor, allocated_on)
select p.seller_id, p.invoice_id, p.payment_id, 1, p.id, p.taken + p.discount + p.write_off, p.taken, p.discount,
       p.write_off, half_up(p.taken * paid.rate - p.taken * owed.rate),
       greatest(p.booked_on, p.issued_on, (select closed_until()) + 1)
from part p
left join rate paid on paid.currency = p.currency and paid.day = p.booked_on
left join rate owed on owed.currency = p.currency and owed.day = p.issued_on
order by p.id
