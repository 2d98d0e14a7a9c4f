-- The money of a batch: each a receipt of its own, whose source is the match.
insert into payment (seller_id, id, buyer_id, kind, currency, amount_minor, paid_on, reference, channel, source_id)
select m.seller_id, m.payment_id, m.buyer_id, 'receipt', l.currency, l.amount_minor, l.booked_on,
       left(coalesce(nullif(l.words, ''), nullif(l.end_to_end, ''), l.payer_name), 500), 'bank', m.id
from bank_match m
join bank_line l on l.seller_id = m.seller_id and l.id = m.line_id
where m.seller_id = %(seller)s and m.batch_id = %(batch)s and m.state = 'posted'
order by m.id
