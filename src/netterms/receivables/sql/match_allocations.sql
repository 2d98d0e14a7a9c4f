-- What the payments of a batch settle; the match is their entry in the journal. Triggers write what is open, what is left, and the journal.
insert into allocation (seller_id, invoice_id, payment_id, sequence, entry_id, amount_minor, taken_minor,
                        discount_minor, write_off_minor, allocated_on)
select m.seller_id, (p.part->>'invoice')::uuid, m.payment_id, 1, m.id,
       (p.part->>'taken')::bigint + (p.part->>'discount')::bigint + (p.part->>'write_off')::bigint,
       (p.part->>'taken')::bigint, (p.part->>'discount')::bigint, (p.part->>'write_off')::bigint,
       greatest(l.booked_on, i.issued_on)
from bank_match m
join bank_line l on l.seller_id = m.seller_id and l.id = m.line_id
cross join lateral jsonb_array_elements(m.parts) p(part)
join invoice i on i.seller_id = m.seller_id and i.id = (p.part->>'invoice')::uuid
where m.seller_id = %(seller)s and m.batch_id = %(batch)s and m.state = 'posted'
order by m.id
