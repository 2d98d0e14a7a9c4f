-- What people are to do on %(as_of)s, the most money a minute first: tasks, and reminders that could not be sent.
select a.id, a.case_id, a.buyer_id, b.name as buyer_name, b.country, a.stage, a.step, a.channel, a.who, a.state,
       a.planned_on, a.due_on, c.owner, c.state as case_state, a.facts, a.worth, a.worth_facts,
       d.due_on as deadline_on, d.kind as duty, p.promised_for
from (
  select x.*
  from collection_action x
  where x.seller_id = %(seller)s and x.state in ('planned', 'failed') and (x.step <> 'email_reminder' or x.state = 'failed')
    and x.planned_on <= %(as_of)s
    and (%(stage)s::int is null or x.stage = %(stage)s)
    and (%(owner)s::text is null or exists (
      select from collection_case y
      where y.seller_id = x.seller_id and y.id = x.case_id and y.owner = %(owner)s))
    and (%(case)s::uuid is null or x.case_id = %(case)s)
  order by x.worth desc nulls last, x.due_on, x.id
  limit %(most)s offset %(skip)s
) a
join collection_case c on c.seller_id = a.seller_id and c.id = a.case_id
join buyer b on b.seller_id = a.seller_id and b.id = a.buyer_id
left join lateral (
  select due_on, kind from policy_deadline
  where seller_id = a.seller_id and buyer_id = a.buyer_id and state = 'open' and due_on >= %(as_of)s
    and kind in ('overdue_notice', 'hand_over', 'claim_filing')
  order by due_on limit 1
) d on true
left join lateral (
  select promised_for from promise
  where seller_id = a.seller_id and buyer_id = a.buyer_id and state = 'open'
  order by promised_for limit 1
) p on true
order by a.worth desc nulls last, a.due_on, a.id
