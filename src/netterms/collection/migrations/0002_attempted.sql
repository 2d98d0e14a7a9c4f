-- When a reminder was claimed last: a letter in doubt after a crash tells when it may have left.

alter table collection_action add column attempted_at timestamptz;
grant update (attempted_at) on collection_action to netterms_app;
