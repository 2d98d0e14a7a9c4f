-- Limit decisions are facts: the newest one of a buyer and currency is in force.
create table limit_decision (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  buyer_id uuid not null,
  currency char(3) not null,
  decided_on date not null,
  recommended_minor bigint not null check (recommended_minor >= 0),
  granted_minor bigint check (granted_minor >= 0),
  grade smallint,
  decided_by text not null,
  reasons jsonb not null,
  primary key (seller_id, id),
  foreign key (seller_id, buyer_id) references buyer (seller_id, id)
);
create index limit_decision_newest on limit_decision (seller_id, buyer_id, currency, decided_on, id);
select secure_table('limit_decision', 'select, insert');
