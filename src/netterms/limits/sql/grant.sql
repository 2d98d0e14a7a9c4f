-- A person's decision carries the newest recommendation along; the same limit again is not a decision.
insert into limit_decision (seller_id, buyer_id, currency, decided_on, recommended_minor, granted_minor,
                            grade, decided_by, reasons)
select %(seller)s, %(buyer)s, %(currency)s, %(as_of)s, coalesce(last.recommended_minor, 0), %(granted)s,
       last.grade, %(by)s,
       case when last.decided_by = 'recommendation' then last.reasons else '[]' end || %(reasons)s
from (select) one
left join lateral (
  select d.recommended_minor, d.granted_minor, d.grade, d.decided_by, d.reasons
  from limit_decision d
  where d.seller_id = %(seller)s and d.buyer_id = %(buyer)s and d.currency = %(currency)s
    and d.decided_on <= %(as_of)s
  order by d.decided_on desc, d.id desc
  limit 1
) last on true
where last.granted_minor is distinct from %(granted)s
