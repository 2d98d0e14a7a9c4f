-- Two buyers that may be one company. A pair is named once, whichever came first; what a person said of it
-- stays, so that nobody is asked twice.
create table duplicate_pair (
  seller_id uuid not null,
  one_id uuid not null,
  other_id uuid not null,
  score smallint not null check (score between 0 and 100),
  reasons text[] not null,
  state text not null check (state in ('proposed', 'refused', 'merged')),
  found_on date not null,
  decided_on date,
  decided_by text,
  -- What undoing a merge gives back.
  parent_before uuid,
  alias_id uuid,
  primary key (seller_id, one_id, other_id),
  check (one_id < other_id),
  foreign key (seller_id, one_id) references buyer (seller_id, id),
  foreign key (seller_id, other_id) references buyer (seller_id, id)
);
create index duplicate_pair_state on duplicate_pair (seller_id, state, score);
select secure_table('duplicate_pair',
  'select, insert, update (score, reasons, state, decided_on, decided_by, parent_before, alias_id)');

-- A buyer that turned out to be another one. Its papers stay its own; whoever looks for it finds the other.
alter table buyer add column merged_into uuid;
alter table buyer add foreign key (seller_id, merged_into) references buyer (seller_id, id);
alter table buyer add check (merged_into <> id);
create index buyer_merged on buyer (seller_id, merged_into) where merged_into is not null;
grant update (merged_into) on buyer to netterms_app;
