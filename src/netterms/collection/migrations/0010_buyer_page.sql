-- The buyer's own page: links that open it, what was done through them, and what it says of the seller.

-- Of a link only the SHA-256 is kept: whoever reads this table opens nothing with it.
create table buyer_link (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  buyer_id uuid not null,
  purpose text not null check (purpose in ('account')),
  token_hash char(64) not null,
  made_at timestamptz not null,
  made_by text not null,
  expires_at timestamptz not null check (expires_at > made_at),
  revoked_at timestamptz,
  revoked_by text,
  primary key (seller_id, id),
  unique (seller_id, token_hash),
  foreign key (seller_id, buyer_id) references buyer (seller_id, id),
  check ((revoked_at is null) = (revoked_by is null))
);
create index buyer_link_buyer on buyer_link (seller_id, buyer_id, made_at);
select secure_table('buyer_link', 'select, insert, update (revoked_at, revoked_by)');

-- Every opening and every act. `place` is the network of the reader's address, not the address.
create table buyer_link_use (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  link_id uuid not null,
  used_at timestamptz not null,
  what text not null check (what in ('open', 'act')),
  place text not null default '',
  primary key (seller_id, id),
  foreign key (seller_id, link_id) references buyer_link (seller_id, id)
);
create index buyer_link_use_link on buyer_link_use (seller_id, link_id, used_at);
select secure_table('buyer_link_use', 'select, insert');

-- Whom a buyer reaches, and what it may propose by itself. A seller without a row has the defaults of
-- netterms.collection.page.PageSettings.
create table buyer_page (
  seller_id uuid primary key,
  contact_name text not null,
  contact_email text not null,
  contact_phone text not null,
  link_days smallint not null check (link_days between 1 and 365),
  plans_offered boolean not null,
  most_months smallint not null check (most_months between 1 and 12),
  least_down_percent smallint not null check (least_down_percent between 0 and 90),
  yearly_percent numeric(7, 4) not null check (yearly_percent between 0 and 100),
  shape text not null check (shape in ('level', 'equal_principal'))
);
select secure_table('buyer_page', 'select, insert, update (contact_name, contact_email, contact_phone, link_days,
  plans_offered, most_months, least_down_percent, yearly_percent, shape)');

-- Where buyers pay to. Never edited: another account ends the one before it.
create table pay_account (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  currency char(3) not null,
  holder text not null check (holder <> ''),
  iban boolean not null,
  number text not null check (length(number) between 1 and 40),
  bank_code text not null default '',
  bank_name text not null default '',
  added_at timestamptz not null,
  added_by text not null,
  ended_at timestamptz,
  primary key (seller_id, id)
);
create unique index pay_account_one on pay_account (seller_id, currency) where ended_at is null;
select secure_table('pay_account', 'select, insert, update (ended_at)');

-- What a buyer asks for on its page: a person answers.
create table buyer_request (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  buyer_id uuid not null,
  kind text not null check (kind in ('invoice_copy', 'delivery_proof', 'statement', 'tax_document', 'call_back', 'other')),
  note text not null,
  asked_by text not null check (asked_by <> ''),
  answer_to text not null,
  asked_at timestamptz not null,
  answered_at timestamptz,
  answered_by text,
  primary key (seller_id, id),
  foreign key (seller_id, buyer_id) references buyer (seller_id, id),
  check ((answered_at is null) = (answered_by is null))
);
create index buyer_request_buyer on buyer_request (seller_id, buyer_id, asked_at);
select secure_table('buyer_request', 'select, insert, update (answered_at, answered_by)');
