-- Limits that run when the policy is renewed, and those that start later, go on under the next one as they were granted.
insert into insured_limit (seller_id, policy_id, buyer_id, kind, amount_minor, starts_on, granted_until, ends_on)
select l.seller_id, n.id, l.buyer_id, l.kind, l.amount_minor, greatest(l.starts_on, n.starts_on), l.granted_until,
       case when l.ends_on < p.ends_on then least(l.ends_on, n.ends_on)
            else least(coalesce(l.granted_until, n.ends_on), n.ends_on) end
from insured_limit l
join insurance_policy p on p.seller_id = l.seller_id and p.id = l.policy_id
join insurance_policy n on n.seller_id = l.seller_id and n.id = %(next)s
where l.seller_id = %(seller)s and l.policy_id = %(policy)s
  and coalesce(l.ends_on, p.ends_on) >= greatest(l.starts_on, least(n.starts_on, p.ends_on))
  and (l.granted_until is null or l.granted_until >= n.starts_on) and l.starts_on <= n.ends_on
