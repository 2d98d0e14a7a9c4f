-- Notices of insolvency that a merge entered for the buyer that stays: undoing the merge withdraws them.
alter table duplicate_pair add column notices uuid[] not null default '{}';
grant update (notices) on duplicate_pair to netterms_app;
