-- Lines with the match that stands for each: of one statement in the bank's order, of a state the surest first, or one.
select l.id, l.statement_id, l.booked_on, l.value_on, l.currency::text as currency, l.amount_minor, l.reversal,
       l.payer_name, l.payer_account, l.end_to_end, l.creditor_reference, l.bank_reference, l.words, l.state,
       m.id as match_id, m.state as match_state, m.buyer_id, b.buyer_number, b.name as buyer_name, m.score, m.reasons,
       m.payment_id, m.decided_by, m.decided_at, m.why, m.kind as match_kind, m.of_payment, m.charge_minor,
       (select jsonb_agg(p.part || jsonb_build_object('number', i.invoice_number, 'due_on', i.due_on,
                                                      'open', i.open_minor, 'buyer', i.buyer_id, 'name', o.name)
                         order by i.due_on, i.invoice_number)
        from jsonb_array_elements(m.parts) p(part)
        join invoice i on i.seller_id = m.seller_id and i.id = (p.part->>'invoice')::uuid
        join buyer o on o.seller_id = i.seller_id and o.id = i.buyer_id) as match_parts
from bank_line l
left join bank_match m on m.seller_id = l.seller_id and m.line_id = l.id and m.state in ('proposed', 'posted')
left join buyer b on b.seller_id = m.seller_id and b.id = m.buyer_id
where l.seller_id = %(seller)s
  and (%(statement)s::uuid is null or l.statement_id = %(statement)s)
  and (%(state)s::text is null or l.state = %(state)s and (l.amount_minor > 0 or l.state <> 'open'))
  and (%(line)s::uuid is null or l.id = %(line)s)
order by case when %(statement)s::uuid is null then -coalesce(m.score, 0) end,
         l.booked_on, l.statement_id, l.place
limit %(most)s offset %(skip)s
