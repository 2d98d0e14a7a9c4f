-- One score a buyer, currency and business day: with its inputs and the version of the rule.
create table score (
  seller_id uuid not null,
  buyer_id uuid not null,
  currency char(3) not null,
  scored_on date not null,
  scorecard text not null,
  score numeric(8, 2) not null,
  pd numeric(8, 6) not null check (pd between 0 and 1),
  grade smallint not null check (grade between 1 and 10),
  payment_index numeric(6, 2),
  confidence numeric(4, 2) not null,
  attributes jsonb not null,
  reasons jsonb not null,
  primary key (seller_id, buyer_id, currency, scored_on),
  foreign key (seller_id, buyer_id) references buyer (seller_id, id)
);
select secure_table('score', 'maintain, select, insert');
