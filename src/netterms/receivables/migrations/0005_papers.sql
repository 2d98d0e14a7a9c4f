-- Invoices and notes written here, line by line; write-offs that people propose and agree to; closed periods;
-- disputes with their clocks and evidence.

alter table invoice
  -- A debit note is an invoice that adds to an earlier one.
  add column is_debit_note boolean not null default false,
  add column note_of uuid,
  add column reason text not null default '',
  -- The buyer's order number, or another word of the buyer.
  add column reference text not null default '',
  -- Null where nobody told, as in most imports.
  add column tax_minor bigint,
  add check (not is_debit_note or kind = 'invoice'),
  add check (tax_minor between 0 and amount_minor);
create index invoice_notes on invoice (seller_id, note_of) where note_of is not null;

create table invoice_line (
  seller_id uuid not null,
  invoice_id uuid not null,
  place smallint not null check (place > 0),
  description text not null,
  quantity numeric(18, 6) not null check (quantity > 0),
  unit text not null default '',
  -- Major units of the invoice's currency for one unit.
  unit_price numeric(24, 6) not null check (unit_price >= 0),
  -- Off (below zero: on top of) quantity times price.
  allowance_minor bigint not null default 0,
  net_minor bigint not null check (net_minor >= 0),
  -- Duty or tax category as in UNCL5305 (EN 16931): S standard, Z zero, E exempt, AE reverse charge and so on.
  tax_category text not null check (tax_category in ('S', 'Z', 'E', 'AE', 'K', 'G', 'O', 'L', 'M')),
  tax_rate numeric(6, 3) not null check (tax_rate between 0 and 100),
  tax_minor bigint not null check (tax_minor >= 0),
  primary key (seller_id, invoice_id, place),
  foreign key (seller_id, invoice_id) references invoice (seller_id, id),
  check (tax_category = 'S' or tax_category in ('L', 'M') or tax_rate = 0)
);
select secure_table('invoice_line', 'select, insert');

-- Who may write off how much alone, and which difference is small; the newest is in force. Amounts in minor units
-- of the seller's currency.
create table ledger_policy (
  seller_id uuid not null,
  number int not null check (number > 0),
  collector_minor bigint not null check (collector_minor >= 0),
  manager_minor bigint not null check (manager_minor >= collector_minor),
  small_percent numeric(5, 2) not null check (small_percent between 0 and 100),
  small_minor bigint not null check (small_minor >= 0),
  set_by text not null,
  set_at timestamptz not null,
  why text not null,
  primary key (seller_id, number)
);
select secure_table('ledger_policy', 'select, insert');

create table write_off (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  invoice_id uuid not null,
  amount_minor bigint not null check (amount_minor > 0),
  reason text not null check (reason in ('insolvent', 'uncollectable', 'time_barred', 'settlement', 'not_worth_it')),
  note text not null default '',
  state text not null check (state in ('proposed', 'done', 'refused')),
  proposed_by text not null,
  proposed_at timestamptz not null,
  decided_by text,
  decided_at timestamptz,
  -- The settlement without money that it became.
  payment_id uuid,
  primary key (seller_id, id),
  foreign key (seller_id, invoice_id) references invoice (seller_id, id),
  check ((state = 'proposed') = (decided_by is null)),
  check ((state = 'done') = (payment_id is not null))
);
create index write_off_open on write_off (seller_id, id) where state = 'proposed';
create index write_off_invoice on write_off (seller_id, invoice_id);
select secure_table('write_off', 'select, insert, update (state, decided_by, decided_at, payment_id)');

-- A period that was closed: what the journal held until then, hashed. One that was opened again stays here.
create table period_close (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  closed_until date not null,
  entries bigint not null,
  sha256 char(64) not null,
  balances jsonb not null,
  closed_by text not null,
  closed_at timestamptz not null,
  reopen_asked_by text,
  reopen_why text,
  reopened_by text,
  reopened_at timestamptz,
  primary key (seller_id, id),
  check ((reopen_asked_by is null) = (reopen_why is null)),
  check ((reopened_by is null) = (reopened_at is null)),
  check (reopened_by is null or reopen_asked_by <> reopened_by)
);
create index period_closed on period_close (seller_id, closed_until) where reopened_at is null;
select secure_table('period_close',
  'select, insert, update (reopen_asked_by, reopen_why, reopened_by, reopened_at)');

-- The last day that is closed to bookings; null where none is. What comes late is booked on the first open day:
-- greatest(day, (select closed_until()) + 1).
create function closed_until() returns date language sql stable parallel safe
  return (select max(c.closed_until) from period_close c
          where c.seller_id = (select current_seller()) and c.reopened_at is null);

-- Closing waits for bookings that are under way, and they for it: nothing slips below the hash.
create function refuse_closed() returns trigger language plpgsql as $$
declare
  first_day date;
begin
  perform pg_advisory_xact_lock_shared(hashtextextended('period/' || current_seller(), 0));
  select min(booked_on) into first_day from added;
  if first_day <= closed_until() then
    raise exception 'the period until % is closed, and % lies in it', closed_until(), first_day
      using errcode = 'restrict_violation';
  end if;
  return null;
end $$;
create trigger closed after insert on journal_entry referencing new table as added
  for each statement execute function refuse_closed();

-- COL-01: who sees to a dispute, and what was done by when.
alter table dispute
  drop constraint dispute_state_check,
  add column note text not null default '',
  add column raised_by text not null default '',
  add column acknowledged_on date,
  add column owner text not null default '',
  add column owner_on date,
  add column position text not null default '',
  add column position_on date,
  add column litigated_on date,
  add column outcome_note text not null default '',
  add column credit_note_id uuid,
  add constraint dispute_state_check
    check (state in ('raised', 'acknowledged', 'investigating', 'litigated', 'credited', 'confirmed'));
alter table dispute
  add check ((state in ('credited', 'confirmed')) = (settled_on is not null)),
  add check (credit_note_id is null or state = 'credited'),
  add check ((owner = '') = (owner_on is null)),
  add check ((position = '') = (position_on is null));
create index dispute_open on dispute (seller_id, raised_on) where settled_on is null;
grant update (acknowledged_on, owner, owner_on, position, position_on, litigated_on, outcome_note, credit_note_id)
  on dispute to netterms_app;

create table dispute_file (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  dispute_id uuid not null,
  name text not null,
  kind text not null check (kind in ('application/pdf', 'image/jpeg', 'image/png', 'image/webp')),
  content bytea not null check (length(content) between 1 and 5242880),
  sha256 char(64) not null,
  added_by text not null,
  added_at timestamptz not null,
  primary key (seller_id, id),
  unique (seller_id, dispute_id, sha256),
  foreign key (seller_id, dispute_id) references dispute (seller_id, id)
);
select secure_table('dispute_file', 'select, insert');
