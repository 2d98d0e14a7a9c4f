-- Whether interest of earlier plans bears interest in a new one: no, unless the seller says so and the law of the
-- buyer's country is not known to forbid it. A plan keeps what was decided when it was drawn up.
alter table buyer_page add column interest_on_interest boolean not null default false;
grant update (interest_on_interest) on buyer_page to netterms_app;
alter table payment_plan add column interest_on_interest boolean not null default false;
