-- Things to do on %(as_of)s: planned and failed actions that are due, with what the buyer owes late.
select a.id, a.buyer_id, b.name as buyer_name, b.country, b.email, a.stage, a.step, a.state,
       a.planned_on, a.due_on, a.facts, a.attempts, c.state as case_state
from collection_action a
join collection_case c on c.seller_id = a.seller_id and c.id = a.case_id
join buyer b on b.seller_id = a.seller_id and b.id = a.buyer_id
where a.seller_id = %(seller)s and a.state in ('planned', 'sending', 'failed')
  and a.planned_on <= %(as_of)s
  and (%(stage)s::int is null or a.stage = %(stage)s)
order by a.stage desc, a.due_on, b.name, a.id
limit %(most)s offset %(skip)s
