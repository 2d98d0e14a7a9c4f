-- A changed account that nobody at the buyer knows of is rejected, and the one it replaced counts again.
alter table buyer_bank_account add column replaces uuid;
alter table buyer_bank_account add column rejected_on date;
alter table buyer_bank_account add column rejected_by text;
alter table buyer_bank_account add column rejected_why text;
alter table buyer_bank_account
  add foreign key (seller_id, replaces) references buyer_bank_account (seller_id, id);
grant update (rejected_on, rejected_by, rejected_why) on buyer_bank_account to netterms_app;
