-- The lines of a batch: posted, proposed, or open again where an earlier proposal no longer stands.
update bank_line l
set state = coalesce(m.state, 'open')
from match_line w
left join bank_match m on m.seller_id = %(seller)s and m.line_id = w.id and m.state in ('proposed', 'posted')
where l.seller_id = %(seller)s and l.id = w.id and l.state <> coalesce(m.state, 'open')
