-- The score that the policy was asked with, its reasons and what they were read off.
alter table newcomer_decision add column score jsonb;
