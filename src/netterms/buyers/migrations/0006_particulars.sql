-- Who a company is: its numbers, names, people, places and bank accounts.
create table buyer_identifier (
  seller_id uuid not null,
  buyer_id uuid not null,
  kind text collate "C" not null,
  country text collate "C" not null check (country ~ '^([A-Z]{2})?$'),
  -- In the one spelling of netterms.buyers.identifiers.
  value text collate "C" not null check (length(value) between 1 and 40),
  checked text not null check (checked in ('valid', 'unchecked')),
  added_on date not null,
  primary key (seller_id, buyer_id, kind, country, value),
  foreign key (seller_id, buyer_id) references buyer (seller_id, id)
);
create index buyer_identifier_value on buyer_identifier (seller_id, value, kind, country);
select secure_table('buyer_identifier', 'select, insert, delete');

create table buyer_alias (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  buyer_id uuid not null,
  name text not null check (name <> ''),
  kind text not null check (kind in ('other', 'former', 'script', 'merged')),
  added_on date not null,
  primary key (seller_id, id),
  unique (seller_id, buyer_id, name),
  foreign key (seller_id, buyer_id) references buyer (seller_id, id)
);
select secure_table('buyer_alias', 'select, insert, delete');

-- A person may ask to be forgotten, so a contact can be deleted; its event names no one.
create table buyer_contact (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  buyer_id uuid not null,
  name text not null check (name <> ''),
  role text not null default '',
  email text not null default '',
  phone text not null default '',
  language text not null default '',
  added_on date not null,
  primary key (seller_id, id),
  foreign key (seller_id, buyer_id) references buyer (seller_id, id)
);
create index buyer_contact_buyer on buyer_contact (seller_id, buyer_id);
select secure_table('buyer_contact', 'select, insert, delete');

create table buyer_address (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  buyer_id uuid not null,
  kind text not null check (kind in ('registered', 'billing', 'delivery', 'other')),
  lines text not null check (lines <> ''),
  postal_code text not null default '',
  city text not null default '',
  country text not null check (country ~ '^([A-Z]{2})?$'),
  added_on date not null,
  primary key (seller_id, id),
  foreign key (seller_id, buyer_id) references buyer (seller_id, id)
);
create index buyer_address_buyer on buyer_address (seller_id, buyer_id);
select secure_table('buyer_address', 'select, insert, delete');

-- Accounts are never edited: a new one is added and the old one ended, and who confirmed it is kept.
create table buyer_bank_account (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  buyer_id uuid not null,
  country text not null check (country ~ '^[A-Z]{2}$'),
  iban boolean not null,
  number text collate "C" not null check (length(number) between 1 and 40),
  bank_code text collate "C" not null default '',
  holder text not null default '',
  added_on date not null,
  added_by text not null,
  -- The first account of a buyer replaces nothing: nobody can have slipped in another's.
  is_change boolean not null,
  confirmed_on date,
  confirmed_by text,
  confirmed_how text,
  ended_on date,
  primary key (seller_id, id),
  foreign key (seller_id, buyer_id) references buyer (seller_id, id)
);
create unique index buyer_bank_account_one
  on buyer_bank_account (seller_id, buyer_id, country, bank_code, number) where ended_on is null;
create index buyer_bank_account_number on buyer_bank_account (seller_id, number);
select secure_table('buyer_bank_account',
  'select, insert, update (confirmed_on, confirmed_by, confirmed_how, ended_on)');
