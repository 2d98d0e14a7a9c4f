-- Cards a seller trained on its own outcomes. What was trained stays as it was; only who decided
-- about it, when and to which state is written later. Without a champion the card delivered counts.
create table scorecard_version (
  seller_id uuid not null,
  version int not null check (version > 0),
  card text not null,
  measures jsonb not null,
  state text not null default 'candidate' check (state in ('candidate', 'champion', 'retired')),
  trained_at timestamptz not null,
  trained_by text not null,
  why text not null default '',
  decided_at timestamptz,
  decided_by text,
  primary key (seller_id, version),
  check ((state = 'candidate') = (decided_by is null)),
  -- Four eyes: nobody puts an own card in force.
  check (state <> 'champion' or decided_by <> trained_by)
);
create unique index scorecard_champion on scorecard_version (seller_id) where state = 'champion';
select secure_table('scorecard_version', 'select, insert, update (state, decided_at, decided_by)');
