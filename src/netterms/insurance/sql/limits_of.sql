-- Limits under a policy by buyer, the newest of each first; those in force on a day where asked. `buyer` is a piece of
-- its name or its whole number.
select l.id, l.buyer_id, b.buyer_number, b.name as buyer_name, l.kind, l.amount_minor, l.starts_on, l.ends_on,
       l.starts_on <= %(as_of)s and (l.ends_on is null or l.ends_on >= %(as_of)s) as is_in_force,
       l.ends_on is not null and l.ends_on < l.starts_on as is_replaced,
       count(*) over () as total
from insured_limit l
join buyer b on b.seller_id = l.seller_id and b.id = l.buyer_id
where l.seller_id = %(seller)s and l.policy_id = %(policy)s
  and (not %(in_force)s or l.starts_on <= %(as_of)s and (l.ends_on is null or l.ends_on >= %(as_of)s))
  and (%(buyer)s = '' or b.buyer_number = %(buyer)s or strpos(lower(b.name), lower(%(buyer)s)) > 0)
order by b.name, b.buyer_number, l.starts_on desc, l.id desc
limit %(most)s offset %(skip)s
