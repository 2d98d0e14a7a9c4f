-- How a seller's limits are recommended: each row counts from its day on, the last of them in force.
create table limit_policy (
  seller_id uuid not null,
  number int not null check (number > 0),
  in_force_on date not null,
  formulas text[] not null check (formulas <@ array['capacity', 'three_way', 'heuristic']),
  net_worth_rule numeric(5, 4) check (net_worth_rule between 0 and 1),
  concentration_share numeric(5, 4) not null check (concentration_share between 0 and 1),
  tolerated_uninsured_share numeric(5, 4) not null check (tolerated_uninsured_share >= 0 and tolerated_uninsured_share < 1),
  set_by text not null,
  set_at timestamptz not null,
  why text not null check (why <> ''),
  primary key (seller_id, number)
);
select secure_table('limit_policy', 'select, insert');
create trigger append_only before update or delete on limit_policy
  for each row execute function refuse_change();

-- Limits that other suppliers give a buyer. Of one supplier the newest counts; null: it gives none any more.
create table trade_reference (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  buyer_id uuid not null,
  supplier text not null check (supplier <> ''),
  currency char(3) not null,
  limit_minor bigint check (limit_minor >= 0),
  given_on date not null,
  known_on date not null check (known_on >= given_on),
  entered_by text not null,
  entered_at timestamptz not null,
  primary key (seller_id, id),
  foreign key (seller_id, buyer_id) references buyer (seller_id, id)
);
create index trade_reference_buyer on trade_reference (seller_id, buyer_id, known_on);
create index trade_reference_known on trade_reference (seller_id, known_on);
select secure_table('trade_reference', 'maintain, select, insert');
create trigger append_only before update or delete on trade_reference
  for each row execute function refuse_change();
