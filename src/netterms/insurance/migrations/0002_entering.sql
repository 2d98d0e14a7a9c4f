-- A policy ends early by a notice of either side; a renewal often keeps its number.
grant update (ends_on) on insurance_policy to netterms_app;
alter table insurance_policy drop constraint insurance_policy_seller_id_policy_number_key;
alter table insurance_policy add unique (seller_id, policy_number, starts_on);

-- The last day as the insurer said it; null where the limit runs as long as the policy. What the limit came to
-- since is ends_on: another limit, a withdrawal or the end of the policy brings it forward.
alter table insured_limit add column granted_until date;
create index insured_limit_policy on insured_limit (seller_id, policy_id, buyer_id);
-- So far a limit outlived its policy where nobody ended it.
update insured_limit l set ends_on = p.ends_on
from insurance_policy p
where p.seller_id = l.seller_id and p.id = l.policy_id and (l.ends_on is null or l.ends_on > p.ends_on);
