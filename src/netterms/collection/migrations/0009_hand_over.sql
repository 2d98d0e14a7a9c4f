-- Cases that went to an agency or a lawyer, with what they were given.

create table collection_partner (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  kind text not null check (kind in ('agency', 'lawyer')),
  name text not null check (name <> ''),
  email text not null default '',
  country text not null default '' check (country ~ '^([A-Z]{2})?$'),
  -- A schedule of the shipped examples, or none.
  fee_schedule text not null default '',
  note text not null default '',
  added_on date not null,
  ended_on date,
  primary key (seller_id, id),
  unique (seller_id, name)
);
select secure_table('collection_partner', 'select, insert, update (email, country, fee_schedule, note, ended_on)');

-- Files that a pack needs and the book does not hold.
create table case_paper (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  buyer_id uuid not null,
  paper text not null check (paper in ('contract', 'orders', 'delivery', 'guarantees')),
  name text not null,
  kind text not null check (kind in ('application/pdf', 'image/jpeg', 'image/png', 'image/webp')),
  content bytea not null check (length(content) between 1 and 5242880),
  sha256 char(64) not null,
  added_by text not null,
  added_at timestamptz not null,
  primary key (seller_id, id),
  unique (seller_id, buyer_id, paper, sha256),
  foreign key (seller_id, buyer_id) references buyer (seller_id, id)
);
select secure_table('case_paper', 'select, insert, delete');

create table hand_over (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  buyer_id uuid not null,
  case_id uuid not null,
  partner_id uuid not null,
  key text not null check (length(key) between 1 and 255),
  handed_on date not null,
  handed_by text not null,
  handed_at timestamptz not null,
  -- Why a paper is not in the pack, by paper.
  reasons jsonb not null,
  -- What was handed over, by currency, in minor units.
  asked jsonb not null,
  archive bytea not null check (length(archive) > 0),
  sha256 char(64) not null,
  taken_back_on date,
  taken_back_by text not null default '',
  taken_back_why text not null default '',
  primary key (seller_id, id),
  unique (seller_id, key),
  foreign key (seller_id, buyer_id) references buyer (seller_id, id),
  foreign key (seller_id, case_id) references collection_case (seller_id, id),
  foreign key (seller_id, partner_id) references collection_partner (seller_id, id)
);
create index hand_over_buyer on hand_over (seller_id, buyer_id, handed_on);
select secure_table('hand_over', 'select, insert, update (taken_back_on, taken_back_by, taken_back_why)');
create trigger keep before delete on hand_over for each row execute function refuse_delete();
