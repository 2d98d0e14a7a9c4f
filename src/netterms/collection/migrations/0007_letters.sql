-- Letters as they were written, who writes them, and what was said of letters to one buyer.

-- Who a seller's letters are from. `payee` is the account to pay to, as lines.
create table letterhead (
  seller_id uuid primary key,
  legal_name text not null check (legal_name <> ''),
  address text not null default '',
  registration text not null default '',
  payee text not null default '',
  contact text not null default '',
  signatory text not null default '',
  signatory_role text not null default '',
  contract_language text not null default '',
  -- Hours of the reader's day between which mail leaves by itself; none: at any hour.
  mail_from_hour smallint check (mail_from_hour between 0 and 23),
  mail_until_hour smallint check (mail_until_hour between 1 and 24),
  check ((mail_from_hour is null) = (mail_until_hour is null)),
  check (mail_until_hour > mail_from_hour)
);
select secure_table('letterhead', 'select, insert, update (legal_name, address, registration, payee, contact,
  signatory, signatory_role, contract_language, mail_from_hour, mail_until_hour)');

create table buyer_letters (
  seller_id uuid not null,
  buyer_id uuid not null,
  -- '': the language of the buyer or of its country.
  language text not null default '',
  -- '': the seller's.
  contract_language text not null default '',
  contract_number text not null default '',
  -- A sole trader or an individual has longer windows than a company.
  is_person boolean not null default false,
  primary key (seller_id, buyer_id),
  foreign key (seller_id, buyer_id) references buyer (seller_id, id)
);
select secure_table('buyer_letters', 'select, insert, update (language, contract_language, contract_number, is_person)');

-- What was written is never changed; only how it left is noted.
create table letter (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  buyer_id uuid not null,
  case_id uuid,
  key text not null check (length(key) between 1 and 255),
  template text not null,
  language text not null,
  also_language text not null default '',
  written_on date not null,
  deadline date,
  title text not null,
  -- The documents as they were set, with the version of each wording.
  content jsonb not null,
  -- What was asked for, by currency, in minor units.
  asked jsonb not null,
  pdf bytea not null check (length(pdf) > 0),
  sha256 char(64) not null,
  written_by text not null,
  written_at timestamptz not null,
  state text not null default 'written' check (state in ('written', 'sending', 'sent', 'posted', 'failed')),
  sent_to text not null default '',
  sent_at timestamptz,
  attempts smallint not null default 0,
  outcome text not null default '',
  primary key (seller_id, id),
  unique (seller_id, key),
  foreign key (seller_id, buyer_id) references buyer (seller_id, id),
  foreign key (seller_id, case_id) references collection_case (seller_id, id)
);
create index letter_buyer on letter (seller_id, buyer_id, written_on);
create index letter_waiting on letter (seller_id) where state = 'sending';
select secure_table('letter', 'select, insert, update (state, sent_to, sent_at, attempts, outcome)');
create trigger keep before delete on letter for each row execute function refuse_delete();
