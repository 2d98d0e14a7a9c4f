-- The steps of the ladder are the seller's own data. A version is written once and never changed; which one counts
-- is a decision of its own, by another person than who wrote it, from a day on. Without any the program's own counts.
create table ladder (
  seller_id uuid not null,
  version bigint not null check (version > 0),
  made_at timestamptz not null,
  made_by text not null,
  why text not null default '',
  primary key (seller_id, version)
);
select secure_table('ladder', 'select, insert');

create table ladder_step (
  seller_id uuid not null,
  version bigint not null,
  position smallint not null,
  stage smallint not null check (stage between 1 and 4),
  after_days integer not null check (after_days >= 0),
  step text not null check (step in ('email_reminder', 'call', 'letter', 'legal_step', 'claim_file')),
  channel text not null check (channel in ('email', 'phone', 'letter', 'page')),
  who text not null check (who in ('machine', 'collector', 'legal')),
  segment text not null default '',
  country text not null default '',
  currency text not null default '',
  from_minor bigint check (from_minor >= 0),
  to_minor bigint check (to_minor >= coalesce(from_minor, 0)),
  best_grade smallint check (best_grade between 1 and 10),
  worst_grade smallint check (worst_grade between 1 and 10),
  primary key (seller_id, version, position),
  foreign key (seller_id, version) references ladder (seller_id, version),
  check (currency <> '' or (from_minor is null and to_minor is null))
);
select secure_table('ladder_step', 'select, insert');

-- Version 0 is the program's own.
create table ladder_live (
  seller_id uuid not null,
  id bigint generated always as identity,
  version bigint not null check (version >= 0),
  live_from date not null,
  put_at timestamptz not null,
  put_by text not null,
  why text not null,
  primary key (seller_id, id)
);
select secure_table('ladder_live', 'select, insert');

-- What was planned keeps by which channel and who it is for: the ladder may be another one tomorrow.
alter table collection_action
  add column channel text not null default '' check (channel in ('', 'email', 'phone', 'letter', 'page')),
  add column who text not null default '' check (who in ('', 'machine', 'collector', 'legal'));
