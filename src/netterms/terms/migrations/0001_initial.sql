-- Reference rates a seller has loaded. A row is never changed: of two for one series and day the later
-- one counts, so what a letter was written with can be shown years later. They are the seller's own,
-- because a wrong one would go into another seller's letters.
create table reference_rate (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  series text collate "C" not null check (series <> ''),
  valid_from date not null,
  percent numeric(9, 6) not null,
  -- The day to which the publisher's table was read: after it nothing is computed.
  known_until date not null check (known_until >= valid_from),
  source text not null check (source <> ''),
  loaded_at timestamptz not null,
  loaded_by text not null,
  primary key (seller_id, id)
);
create index reference_rate_series on reference_rate (seller_id, series, valid_from);
select secure_table('reference_rate', 'select, insert');

-- What the seller is and wants. One row a seller; who changed it, and from what, is in the events.
create table terms_policy (
  seller_id uuid primary key,
  -- Null: nobody has said, and no rule that asks for it is used.
  creditor_small boolean,
  -- Half-year of the one rate of a debt, where a country has one (LAW-01).
  one_rate text check (one_rate in ('start', 'end')),
  cost_of_money numeric(9, 6) check (cost_of_money between 0 and 1000),
  -- Of the seller's standard contract, in percent a year; a buyer's own comes first.
  contract_percent numeric(9, 6) check (contract_percent between 0 and 1000),
  standard_days smallint not null default 30 check (standard_days between 0 and 365),
  -- Days customary in a sector, by the sector's code.
  custom_days jsonb not null default '{}' check (jsonb_typeof(custom_days) = 'object')
);
select secure_table('terms_policy', 'select, insert, update (creditor_small, one_rate, cost_of_money,
  contract_percent, standard_days, custom_days)');

create table buyer_terms (
  seller_id uuid not null,
  buyer_id uuid not null,
  debtor_large boolean,
  contract_percent numeric(9, 6) check (contract_percent between 0 and 1000),
  primary key (seller_id, buyer_id),
  foreign key (seller_id, buyer_id) references buyer (seller_id, id)
);
select secure_table('buyer_terms', 'select, insert, update (debtor_large, contract_percent)');
