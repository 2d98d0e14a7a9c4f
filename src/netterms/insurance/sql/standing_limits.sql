-- What the book knows of each limit told, by its place in the list: whether there is such a buyer, whether just this
-- limit was granted before, and the first day of the newest limit of the buyer under the policy.
select n.place, b.id is not null as is_buyer,
       exists (
         select from insured_limit l
         where l.seller_id = %(seller)s and l.policy_id = %(policy)s and l.buyer_id = b.id and l.kind = n.kind
           and l.amount_minor = n.amount_minor and l.starts_on = n.starts_on
           and l.granted_until is not distinct from n.granted_until
           -- One that was corrected may be told again: then it is the correction.
           and (l.ends_on is null or l.ends_on >= l.starts_on)) as is_known,
       (select max(l.starts_on) from insured_limit l
        where l.seller_id = %(seller)s and l.policy_id = %(policy)s and l.buyer_id = b.id
          and (l.ends_on is null or l.ends_on >= l.starts_on)) as newest_on
from unnest(%(numbers)s::text[], %(amounts)s::bigint[], %(starts)s::date[], %(untils)s::date[], %(kinds)s::text[])
  with ordinality as n(buyer_number, amount_minor, starts_on, granted_until, kind, place)
left join buyer b on b.seller_id = %(seller)s and b.buyer_number = n.buyer_number
order by n.place
