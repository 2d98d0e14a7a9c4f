-- Policies with what stands under each on a day; of one id where asked.
select p.id, p.insurer, p.policy_number, p.currency::text as currency, p.starts_on, p.ends_on, p.terms,
       coalesce(l.limits, 0) as limits, coalesce(l.minor, 0)::bigint as insured_minor, d.open as open_deadlines,
       d.all > 0 or exists (select from claim c where c.seller_id = p.seller_id and c.policy_id = p.id) as is_counted
from insurance_policy p
left join (
  select policy_id, count(*) as limits, sum(amount_minor) as minor
  from insured_limit
  where seller_id = %(seller)s and starts_on <= %(as_of)s and (ends_on is null or ends_on >= %(as_of)s)
  group by policy_id
) l on l.policy_id = p.id
cross join lateral (
  select count(*) as all, count(*) filter (where state = 'open') as open
  from policy_deadline x where x.seller_id = p.seller_id and x.policy_id = p.id
) d
where p.seller_id = %(seller)s and (%(policy)s::uuid is null or p.id = %(policy)s)
order by p.ends_on desc, p.insurer, p.policy_number, p.id
limit %(most)s offset %(skip)s
