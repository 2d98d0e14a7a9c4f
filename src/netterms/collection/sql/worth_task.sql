-- The relation `task` of worth.sql: what people are to do, the days to the buyer's next duty under its policy with the
-- insured amount, and what it promised for today; amounts in the seller's own currency.
select a.id as action_id, a.buyer_id, a.step, d.days as deadline_days, n.minor as insured_minor, p.minor as promised_minor
from collection_action a
left join (
  select buyer_id, min(due_on) - %(as_of)s as days
  from policy_deadline
  where seller_id = %(seller)s and state = 'open' and due_on >= %(as_of)s
    and kind in ('overdue_notice', 'hand_over', 'claim_filing')
    and (%(buyer)s::uuid is null or buyer_id = %(buyer)s)
  group by buyer_id
) d on d.buyer_id = a.buyer_id
left join (
  select l.buyer_id, sum(l.amount_minor * r.rate) as minor
  from insured_limit l
  join insurance_policy p on p.seller_id = l.seller_id and p.id = l.policy_id
  join rate r on r.currency = p.currency::text
  where l.seller_id = %(seller)s and l.starts_on <= %(as_of)s and (l.ends_on is null or l.ends_on >= %(as_of)s)
    and (%(buyer)s::uuid is null or l.buyer_id = %(buyer)s)
  group by l.buyer_id
) n on n.buyer_id = d.buyer_id
left join (
  select p.buyer_id, sum(p.amount_minor * r.rate) as minor
  from promise p
  join rate r on r.currency = p.currency::text
  where p.seller_id = %(seller)s and p.state = 'open' and p.promised_for = %(as_of)s
    and (%(buyer)s::uuid is null or p.buyer_id = %(buyer)s)
  group by p.buyer_id
) p on p.buyer_id = a.buyer_id
where a.seller_id = %(seller)s and a.state in ('planned', 'failed') and a.planned_on <= %(as_of)s
  and (a.step <> 'email_reminder' or a.state = 'failed')
  and (%(buyer)s::uuid is null or a.buyer_id = %(buyer)s)
