-- Sanctions lists are facts that sellers share. A load is never changed: what a list said on a day can
-- be shown years later. Of each kind the newest load is in force.
create table watchlist (
  version bigint generated always as identity primary key,
  kind text not null check (kind in ('ofac', 'un', 'eu', 'opensanctions')),
  title text not null,
  published_on date,
  file_name text not null,
  sha256 char(64) not null,
  entries int not null check (entries > 0),
  loaded_at timestamptz not null,
  loaded_by text not null
);
create table watchlist_entry (
  version bigint not null references watchlist,
  id text collate "C" not null check (id <> ''),
  party text not null check (party in ('company', 'person', 'other')),
  -- The first is the name the list uses.
  names text[] not null check (cardinality(names) > 0),
  countries text[] not null,
  numbers text[] not null,
  programmes text[] not null,
  remarks text not null,
  -- Of all that is above: the same in two loads says that nothing changed.
  fingerprint char(32) not null,
  primary key (version, id)
);
revoke all on watchlist, watchlist_entry from netterms_app;
grant select, insert on watchlist, watchlist_entry to netterms_app;

-- When a buyer was last held against the lists, and as what.
create table screening (
  seller_id uuid not null,
  buyer_id uuid not null,
  lists_version bigint not null references watchlist,
  fingerprint char(32) not null,
  screened_on date not null,
  primary key (seller_id, buyer_id),
  foreign key (seller_id, buyer_id) references buyer (seller_id, id)
);
select secure_table('screening', 'select, insert, update (lists_version, fingerprint, screened_on)');

create table screening_hit (
  seller_id uuid not null,
  id uuid not null,
  buyer_id uuid not null,
  kind text not null,
  entry_id text collate "C" not null,
  score smallint not null check (score between 0 and 100),
  points jsonb not null,
  -- As they were when they were compared: what a person decided on.
  buyer_name text not null,
  listed_name text not null,
  entry jsonb not null,
  found_on date not null,
  state text not null default 'open'
    check (state in ('open', 'clearing', 'confirming', 'cleared', 'confirmed', 'gone')),
  proposed_by text,
  why text not null default '',
  decided_by text,
  decided_on date,
  -- Of buyer and entry when it was decided: when either changes, a person looks again.
  seen char(32) not null,
  primary key (seller_id, id),
  unique (seller_id, buyer_id, kind, entry_id),
  foreign key (seller_id, buyer_id) references buyer (seller_id, id),
  check ((state in ('clearing', 'confirming', 'cleared', 'confirmed')) = (proposed_by is not null)),
  check ((state in ('cleared', 'confirmed')) = (decided_by is not null and decided_on is not null)),
  -- Four eyes.
  check (decided_by <> proposed_by)
);
create index screening_hit_undecided on screening_hit (seller_id, score desc, id)
  where state in ('open', 'clearing', 'confirming');
select secure_table('screening_hit', 'select, insert, update (score, points, buyer_name, listed_name,
  entry, found_on, state, proposed_by, why, decided_by, decided_on, seen)');

-- What two people found is marked on the buyer.
grant update (sanctions_hit) on buyer to netterms_app;

-- A buyer as it is held against the lists: under all its names, with all its numbers. Whoever asks sees
-- the rows of its own seller, as in the tables below it.
create view screened_buyer with (security_invoker) as
select b.seller_id, b.id, b.name, b.country, array[b.name] || coalesce(a.names, '{}') as names,
       array_remove(array[b.registration_number], null) || coalesce(i.numbers, '{}') as numbers,
       md5(concat_ws('|', b.name, b.country, b.registration_number, a.names, i.numbers)) as fingerprint
from buyer b
left join lateral (
  select array_agg(name order by name) as names from buyer_alias
  where seller_id = b.seller_id and buyer_id = b.id) a on true
left join lateral (
  select array_agg(value order by kind, country, value) as numbers from buyer_identifier
  where seller_id = b.seller_id and buyer_id = b.id) i on true;
revoke all on screened_buyer from netterms_app;
grant select on screened_buyer to netterms_app;
