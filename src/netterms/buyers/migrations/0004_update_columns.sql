-- Of a buyer only the facts that a use case updates; a column added later is granted by its migration.
revoke update on buyer from netterms_app;
grant update (language, email, parent_id, key_account, insolvent_on, sector) on buyer to netterms_app;
