-- Whose accounts or visits are new: few of the many.
create index statement_known on statement (seller_id, known_on);
create index site_visit_entered on site_visit (seller_id, entered_at);
