-- Bank statements as they came in, and which invoices their lines settle.

create table bank_account (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  number text collate "C" not null check (length(number) between 1 and 60),
  currency char(3) not null,
  primary key (seller_id, id),
  unique (seller_id, number, currency)
);
select secure_table('bank_account', 'select, insert');

create table bank_statement (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  account_id uuid not null,
  -- A notice (camt.054) tells details of entries that a statement books; its lines are never posted.
  report text not null check (report in ('statement', 'notice')),
  format text not null,
  number text not null default '',
  first_on date,
  last_on date,
  opening_minor bigint,
  closing_minor bigint,
  lines int not null,
  lines_new int not null,
  file_name text not null,
  file_sha256 char(64) not null,
  loaded_at timestamptz not null,
  loaded_by text not null,
  primary key (seller_id, id),
  foreign key (seller_id, account_id) references bank_account (seller_id, id),
  check ((opening_minor is null) = (closing_minor is null) or report = 'notice')
);
create index bank_statement_account on bank_statement (seller_id, account_id, last_on);
create index bank_statement_file on bank_statement (seller_id, file_sha256);
select secure_table('bank_statement', 'select, insert');

create table bank_line (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  account_id uuid not null,
  statement_id uuid not null,
  place int not null,
  booked_on date not null,
  value_on date,
  currency char(3) not null,
  -- Above zero is money in.
  amount_minor bigint not null check (amount_minor <> 0),
  reversal boolean not null,
  payer_name text not null,
  payer_account text collate "C" not null,
  end_to_end text not null,
  creditor_reference text not null,
  bank_reference text collate "C" not null,
  words text not null,
  -- The payer's name without its legal form, and the references the words may hold, and the
  -- digits of these (receivables.matching).
  name_core text collate "C" not null,
  keys text[] not null,
  figures text[] not null,
  -- What the line says, and where in the account it stands: the same line is taken in once.
  fingerprint char(64) not null,
  state text not null default 'open' check (state in ('open', 'proposed', 'posted', 'set_aside', 'notice')),
  primary key (seller_id, id),
  unique (seller_id, account_id, fingerprint)
);
create index bank_line_open on bank_line (seller_id, booked_on, id) where state in ('open', 'proposed');
create index bank_line_statement on bank_line (seller_id, statement_id, place);
create index bank_line_notice on bank_line (seller_id, account_id, bank_reference) where state = 'notice';
create trigger has_statement after insert on bank_line referencing new table as added
  for each statement execute function require_parent('bank_statement', 'statement_id');
create trigger keep before delete on bank_line for each row execute function refuse_delete();
select secure_table('bank_line', 'maintain, select, insert, update (state)');

-- Which invoices a line settles: proposed to a person, posted, declined, or undone. What is posted is never edited;
-- an undone match stays, and the line can be matched again.
create table bank_match (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  line_id uuid not null,
  batch_id uuid,
  buyer_id uuid not null,
  state text not null check (state in ('proposed', 'posted', 'declined', 'undone')),
  score smallint not null check (score between 0 and 100),
  reasons text[] not null,
  -- [{"invoice", "taken", "discount", "write_off"}] in minor units; none where all of it stays unallocated.
  parts jsonb not null,
  payment_id uuid,
  decided_by text not null default '',
  decided_at timestamptz,
  why text not null default '',
  primary key (seller_id, id),
  check ((state in ('posted', 'undone')) = (payment_id is not null)),
  check ((state = 'proposed') = (decided_at is null))
);
create trigger has_line after insert on bank_match referencing new table as added
  for each statement execute function require_parent('bank_line', 'line_id');
-- A line settles something once at a time.
create unique index bank_match_standing on bank_match (seller_id, line_id) where state in ('proposed', 'posted');
create index bank_match_line on bank_match (seller_id, line_id);
create index bank_match_batch on bank_match (seller_id, batch_id) where batch_id is not null;
select secure_table('bank_match',
  'maintain, select, insert, delete, update (state, payment_id, decided_by, decided_at, why)');
create function keep_decided_match() returns trigger language plpgsql as $$
begin
  if old.state <> 'proposed' then
    raise exception 'a match that was decided is kept' using errcode = 'restrict_violation';
  end if;
  return old;
end $$;
create trigger keep before delete on bank_match for each row execute function keep_decided_match();

-- Accounts that buyers paid from, learned from what was posted, and forgotten when that is undone.
create table known_payer (
  seller_id uuid not null,
  account text collate "C" not null check (account <> ''),
  buyer_id uuid not null,
  times int not null check (times >= 0),
  last_on date not null,
  primary key (seller_id, account, buyer_id)
);
select secure_table('known_payer', 'select, insert, update (times, last_on)');
