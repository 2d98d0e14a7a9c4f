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
  company_code text collate "C" not null default '',
  invoice_number text collate "C" not null check (invoice_number <> ''),
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
  check ((open_minor = 0) = (settled_on is not null)),
  check (case state when 'open' then open_minor = amount_minor
                    when 'part_paid' then open_minor > 0 and open_minor < amount_minor
                    else open_minor = 0 end)
);
create index invoice_open on invoice (seller_id, buyer_id, due_on) where open_minor > 0;
-- The amount, the dates and the buyer of an invoice are never edited.
create trigger has_buyer after insert on invoice referencing new table as added
  for each statement execute function require_parent('buyer', 'buyer_id');
create trigger keep before delete on invoice for each row execute function refuse_delete();
select secure_table('invoice', 'maintain, select, insert, update (open_minor, state, settled_on)');

create table payment (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  buyer_id uuid not null,
  -- A receipt is money in, for invoices; a refund is money out, for credit notes.
  kind text not null check (kind in ('receipt', 'refund')),
  currency char(3) not null,
  amount_minor bigint not null check (amount_minor > 0),
  paid_on date not null,
  reference text not null default '',
  import_id uuid,
  primary key (seller_id, id)
);
create index payment_buyer on payment (seller_id, buyer_id, paid_on);
create trigger has_buyer after insert on payment referencing new table as added
  for each statement execute function require_parent('buyer', 'buyer_id');
create trigger keep before delete on payment for each row execute function refuse_delete();
select secure_table('payment', 'maintain, select, insert');

-- Which payment settled how much of which invoice. An undo is the next row, with a negative amount.
create table allocation (
  seller_id uuid not null,
  invoice_id uuid not null,
  payment_id uuid not null,
  sequence smallint not null default 1,
  amount_minor bigint not null check (amount_minor <> 0),
  allocated_on date not null,
  primary key (seller_id, invoice_id, payment_id, sequence)
);
create trigger has_payment after insert on allocation referencing new table as added
  for each statement execute function require_parent('payment', 'payment_id');
create trigger has_invoice after insert on allocation referencing new table as added
  for each statement execute function require_parent('invoice', 'invoice_id');
select secure_table('allocation', 'select, insert');

-- Double entry, one debit and one credit a row: an entry that does not balance cannot be written.
-- The lines of one source (an invoice, a payment) are its entry, so no source is booked twice; a
-- correction is a new source that points back.
create table journal_entry (
  seller_id uuid not null,
  source_id uuid not null,
  line smallint not null default 1,
  source_kind text not null check (source_kind in ('invoice', 'credit_note', 'payment', 'write_off', 'recovery')),
  booked_on date not null,
  debit_account text not null,
  credit_account text not null,
  currency char(3) not null,
  amount_minor bigint not null check (amount_minor > 0),
  buyer_id uuid not null,
  recorded_at timestamptz not null default now(),
  primary key (seller_id, source_id, line),
  check (debit_account <> credit_account),
  check (debit_account in ('receivable', 'sales', 'bank', 'bad_debt', 'unallocated')),
  check (credit_account in ('receivable', 'sales', 'bank', 'bad_debt', 'unallocated'))
);
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
