-- All of a line but whose it is, and of a cap its amounts; a column added later is granted by its migration.
revoke update on credit_line from netterms_app;
grant update (status, limit_minor, top_up_minor, top_up_until, insured_minor, held_minor, owed_minor, net_days,
              discount_percent, discount_days, instalments, cap_ids, cap_rate, version) on credit_line to netterms_app;
revoke update on exposure_cap from netterms_app;
grant update (limit_minor, used_minor) on exposure_cap to netterms_app;

-- All sellers reckon with the same rates: they are added, and none is changed or taken away.
revoke all on exchange_rate from netterms_app;
grant select, insert on exchange_rate to netterms_app;
