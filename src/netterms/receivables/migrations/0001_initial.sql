-- What buyers owe, what they paid, and the journal that both are written in.

create table import_run (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  file_name text not null,
  file_sha256 char(64) not null,
  mapping jsonb not null,
  rows_read bigint not null,
  rows_bad bigint not null,
  invoices_new bigint not null,
  payments_new bigint not null,
  started_at timestamptz not null,
  finished_at timestamptz not null,
  primary key (seller_id, id)
);
select secure_table('import_run', 'select, insert');

create table invoice (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  buyer_id uuid not null,
  company_code text not null default '',
  invoice_number text not null check (invoice_number <> ''),
  kind text not null check (kind in ('invoice', 'credit_note')),
  currency char(3) not null,
  amount_minor bigint not null check (amount_minor > 0),
  open_minor bigint not null check (open_minor between 0 and amount_minor),
  issued_on date not null,
  due_on date not null,
  -- part_paid and paid follow from open_minor; written off needs a decision and closes it as well.
  state text not null check (state in ('open', 'part_paid', 'paid', 'written_off', 'recovered')),
  settled_on date,
  import_id uuid,
  primary key (seller_id, id),
  unique (seller_id, company_code, invoice_number),
  foreign key (seller_id, buyer_id) references buyer (seller_id, id),
  check ((open_minor = 0) = (settled_on is not null)),
  check (case state when 'open' then open_minor = amount_minor
                    when 'part_paid' then open_minor > 0 and open_minor < amount_minor
                    else open_minor = 0 end)
);
create index invoice_open on invoice (seller_id, buyer_id, due_on) where open_minor > 0;
-- The amount, the dates and the buyer of an invoice are never edited.
select secure_table('invoice', 'select, insert, update (open_minor, state, settled_on)');

create table payment (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  buyer_id uuid not null,
  currency char(3) not null,
  amount_minor bigint not null check (amount_minor > 0),
  paid_on date not null,
  reference text not null default '',
  import_id uuid,
  primary key (seller_id, id),
  foreign key (seller_id, buyer_id) references buyer (seller_id, id)
);
create index payment_buyer on payment (seller_id, buyer_id, paid_on);
select secure_table('payment', 'select, insert');

-- Which payment settled how much of which invoice. An undo is a new row with a negative amount.
create table allocation (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  payment_id uuid not null,
  invoice_id uuid not null,
  amount_minor bigint not null check (amount_minor <> 0),
  allocated_on date not null,
  primary key (seller_id, id),
  foreign key (seller_id, payment_id) references payment (seller_id, id),
  foreign key (seller_id, invoice_id) references invoice (seller_id, id)
);
create index allocation_invoice on allocation (seller_id, invoice_id);
create index allocation_payment on allocation (seller_id, payment_id);
select secure_table('allocation', 'select, insert');

-- Double entry, one debit and one credit a row: an entry that does not balance cannot be written.
-- Rows of one event share its source; a correction is a new row that points back through it.
create table journal_entry (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  booked_on date not null,
  debit_account text not null,
  credit_account text not null,
  currency char(3) not null,
  amount_minor bigint not null check (amount_minor > 0),
  buyer_id uuid not null,
  source_kind text not null check (source_kind in ('invoice', 'credit_note', 'payment', 'write_off', 'recovery')),
  source_id uuid not null,
  recorded_at timestamptz not null default now(),
  primary key (seller_id, id),
  check (debit_account <> credit_account),
  check (debit_account in ('receivable', 'sales', 'bank', 'bad_debt', 'unallocated')),
  check (credit_account in ('receivable', 'sales', 'bank', 'bad_debt', 'unallocated'))
);
create index journal_source on journal_entry (seller_id, source_id);
select secure_table('journal_entry', 'select, insert');
create trigger append_only before update or delete on journal_entry
  for each row execute function refuse_change();
create trigger no_truncate before truncate on journal_entry
  for each statement execute function refuse_change();

create table dispute (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  invoice_id uuid not null,
  reason text not null check (reason in ('price', 'quantity', 'quality', 'delivery', 'terms', 'duplicate', 'no_purchase_order')),
  amount_minor bigint not null check (amount_minor > 0),
  raised_on date not null,
  settled_on date check (settled_on >= raised_on),
  state text not null default 'raised'
    check (state in ('raised', 'acknowledged', 'investigating', 'credited', 'confirmed', 'litigated')),
  primary key (seller_id, id),
  foreign key (seller_id, invoice_id) references invoice (seller_id, id)
);
create index dispute_invoice on dispute (seller_id, invoice_id);
select secure_table('dispute', 'select, insert, update (state, settled_on)');
