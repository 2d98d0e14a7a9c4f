-- A seller's relationship with a buyer. Amounts of its accounts are in accounts_currency.
create table buyer (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  buyer_number text collate "C" not null check (buyer_number <> ''),
  name text not null,
  country text not null default '' check (country ~ '^([A-Z]{2})?$'),
  language text not null default 'en',
  email text not null default '',
  parent_id uuid,
  key_account boolean not null default false,
  accounts_currency char(3),
  tangible_net_worth_minor bigint,
  annual_turnover_minor bigint,
  sanctions_hit boolean not null default false,
  insolvent_on date,
  created_at timestamptz not null default now(),
  primary key (seller_id, id),
  unique (seller_id, buyer_number),
  foreign key (seller_id, parent_id) references buyer (seller_id, id)
);
create index buyer_name on buyer (seller_id, lower(name) text_pattern_ops);
select secure_table('buyer', 'maintain, select, insert, update');
create trigger keep before delete on buyer for each row execute function refuse_delete();
