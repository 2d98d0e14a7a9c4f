-- Proposals of money that goes back are made anew by each batch.
with gone as (
  delete from bank_match m
  using bank_line l
  where m.seller_id = %(seller)s and m.state = 'proposed'
    and l.seller_id = m.seller_id and l.id = m.line_id and (l.amount_minor < 0 or l.reversal)
  returning m.line_id
)
update bank_line l set state = 'open'
from gone g
where l.seller_id = %(seller)s and l.id = g.line_id
