-- Whether one person may confirm a changed account, the newest row in force. Without any: nobody may alone.
create table account_policy (
  seller_id uuid not null,
  number int not null check (number > 0),
  one_person boolean not null,
  cooling_days smallint not null check (cooling_days between 1 and 30),
  set_on date not null,
  set_by text not null,
  set_at timestamptz not null,
  why text not null check (why <> ''),
  primary key (seller_id, number)
);
select secure_table('account_policy', 'select, insert');
create trigger append_only before update or delete on account_policy
  for each row execute function refuse_change();

alter table buyer_bank_account add column confirmed_alone boolean not null default false;
grant update (confirmed_alone) on buyer_bank_account to netterms_app;
