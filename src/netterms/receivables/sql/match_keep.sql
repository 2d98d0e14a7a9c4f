-- The matches of a batch. What a person has declined or undone is not proposed again.
with refused as materialized (
  -- Asked once and before: the table grows while this statement writes into it.
  select x.line_id, x.buyer_id, jsonb_path_query_array(x.parts, '$[*].invoice') as invoices
  from bank_match x
  join match_line l on l.id = x.line_id
  where x.seller_id = %(seller)s and x.state in ('declined', 'undone')
)
insert into bank_match (seller_id, line_id, batch_id, buyer_id, state, score, reasons, parts, payment_id, decided_by,
                        decided_at)
select %(seller)s, l.id, %(batch)s, b.id, case when d.sure then 'posted' else 'proposed' end, d.score, d.reasons,
       coalesce(p.parts, '[]'), case when d.sure then uuidv7() end, case when d.sure then %(actor)s else '' end,
       case when d.sure then %(now)s::timestamptz end
from match_decided d
join match_line l on l.n = d.line
join match_buyer b on b.n = d.buyer
-- Money for a payment plan has no parts: the plan says what it settles.
left join (
  select p.line, jsonb_agg(jsonb_build_object('invoice', o.id, 'taken', p.taken, 'discount', p.discount,
                                              'write_off', p.write_off) order by o.id) as parts
  from match_part p join match_open o on o.n = p.item
  group by p.line
) p on p.line = d.line
where not exists (
  select from refused x
  where x.line_id = l.id and x.buyer_id = b.id
    and x.invoices = jsonb_path_query_array(coalesce(p.parts, '[]'), '$[*].invoice'))
order by d.line
