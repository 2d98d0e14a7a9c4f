-- Models of how a seller's buyers pay, each trained on that seller's own book. A new one is a new row.
create table payer_model (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  version text not null,
  trained_on date not null,
  trained_at timestamptz not null,
  trained_by text not null,
  invoices bigint not null check (invoices > 0),
  trees jsonb not null,
  measures jsonb not null,
  primary key (seller_id, id)
);
select secure_table('payer_model', 'select, insert');

-- When an invoice will be paid, said once by each model, from what was known on the invoice's own day.
create table invoice_forecast (
  seller_id uuid not null,
  invoice_id uuid not null,
  model_id uuid not null,
  forecast_on date not null,
  days_late integer not null,
  late_chance numeric(5, 4) not null check (late_chance between 0 and 1),
  late_30_chance numeric(5, 4) not null check (late_30_chance between 0 and 1),
  primary key (seller_id, invoice_id, model_id),
  foreign key (seller_id, model_id) references payer_model (seller_id, id)
);
create trigger has_invoice after insert on invoice_forecast referencing new table as added
  for each statement execute function require_parent('invoice', 'invoice_id');
select secure_table('invoice_forecast', 'maintain, select, insert');
