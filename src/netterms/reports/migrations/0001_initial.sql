-- A credit report as it was given: what was known of a buyer on a day, never changed afterwards.
create table credit_report (
  seller_id uuid not null,
  id uuid not null,
  buyer_id uuid not null,
  as_of date not null,
  ordered_at timestamptz not null,
  ordered_by text not null,
  content jsonb not null,
  primary key (seller_id, id),
  foreign key (seller_id, buyer_id) references buyer (seller_id, id)
);
create index credit_report_buyer on credit_report (seller_id, buyer_id, id);
select secure_table('credit_report', 'select, insert');
create trigger append_only before update or delete on credit_report
  for each row execute function refuse_change();
