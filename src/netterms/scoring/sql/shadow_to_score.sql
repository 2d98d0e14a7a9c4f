-- Whom the challenger scores: those the card in force scored today, so that both judge the same facts,
-- and those it has not met yet; so on its first day it goes through the whole book.
select b.id as buyer_id
from buyer b
where b.seller_id = %(seller)s
  and (b.id in (select s.buyer_id from score s where s.seller_id = %(seller)s and s.scored_on = %(as_of)s)
       or b.id not in (select c.buyer_id from shadow_score c
                       where c.seller_id = %(seller)s and c.version = %(version)s))
