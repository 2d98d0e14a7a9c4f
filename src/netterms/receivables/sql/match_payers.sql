-- Whom a line may come from: by an account the buyer has told or paid from, or by just its name. An account or
-- name that several share says little, and is left out.
with told as (
  select l.n as line, b.n as buyer, 'payer_account' as reason
  from match_line l
  join buyer_bank_account a on a.seller_id = %(seller)s and a.number = l.account and a.ended_on is null
  join match_buyer b on b.id = a.buyer_id
  where l.account <> ''
  union all
  select l.n, b.n, 'payer_learned'
  from match_line l
  join known_payer p on p.seller_id = %(seller)s and p.account = l.account and p.times > 0
  join match_buyer b on b.id = p.buyer_id
  where l.account <> ''
  union all
  select l.n, b.n, 'payer_name'
  from match_line l
  join buyer_search s on s.seller_id = %(seller)s and s.said = l.name
  join match_buyer b on b.id = s.buyer_id
  where l.name <> ''
)
select line, buyer, reason
from (select t.*, count(*) over (partition by line, reason) as many from (select distinct * from told) t) c
where many = 1
