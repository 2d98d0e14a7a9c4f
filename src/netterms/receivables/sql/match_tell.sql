-- Each payment of a batch is told as one recorded by hand is.
insert into event (seller_id, happened_at, business_date, actor, why, kind, subject_id, facts)
select m.seller_id, %(now)s, %(as_of)s, %(actor)s, %(why)s, k.kind, m.payment_id, k.facts
from bank_match m
join bank_line l on l.seller_id = m.seller_id and l.id = m.line_id
cross join lateral (values
  (1, 'receivables.payment_recorded', jsonb_build_object(
    'buyer', m.buyer_id, 'amount', jsonb_build_object('minor', l.amount_minor, 'currency', l.currency),
    'paid_on', l.booked_on)),
  (2, 'receivables.payment_allocated', jsonb_build_object('buyer', m.buyer_id, 'parts', (
    select jsonb_agg(jsonb_build_object(
      'invoice', p.part->>'invoice',
      'settled', jsonb_build_object('minor', (p.part->>'taken')::bigint + (p.part->>'discount')::bigint
                                           + (p.part->>'write_off')::bigint, 'currency', l.currency),
      'taken', jsonb_build_object('minor', (p.part->>'taken')::bigint, 'currency', l.currency)))
    from jsonb_array_elements(m.parts) p(part))))
) k(nth, kind, facts)
where m.seller_id = %(seller)s and m.batch_id = %(batch)s and m.state = 'posted'
  and (k.nth = 1 or m.parts <> '[]')
order by m.id, k.nth
