-- Whom to score today: buyers never scored, a fifth of the others by turns (so everybody at least once
-- in five business days), and those to whom something happened since the last run: money came in, an
-- invoice came into another bracket of lateness, or the buyer became insolvent.
create temp table to_score on commit drop as
select b.id as buyer_id
from buyer b
where b.seller_id = %(seller)s
  and (mod(abs(hashtextextended(b.id::text, 0)), 5) = mod(%(as_of)s - date '2000-01-03', 7)
       or b.insolvent_on between %(since)s and %(as_of)s
       or not exists (select from score s where s.seller_id = b.seller_id and s.buyer_id = b.id)
       or b.id in (select p.buyer_id from payment p
                   where p.seller_id = %(seller)s and p.paid_on > %(since)s and p.paid_on <= %(as_of)s)
       or b.id in (select i.buyer_id
                   from invoice i, unnest(array[0, 30, 60, 90]) as bracket(days)
                   where i.seller_id = %(seller)s and i.open_minor > 0
                     and i.due_on >= %(since)s - bracket.days and i.due_on < %(as_of)s - bracket.days))
