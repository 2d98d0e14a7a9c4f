-- Numbers that the work list, the call screen and the figures count with. A new one is a new row; the newest counts,
-- and without any the program's own (a convention). A country's own goes before the one for any.
create table work_setting (
  seller_id uuid not null,
  id bigint generated always as identity,
  name text not null check (name <> ''),
  country text not null default '',
  value numeric not null check (value >= 0),
  set_at timestamptz not null,
  set_by text not null,
  primary key (seller_id, id)
);
select secure_table('work_setting', 'select, insert');

-- Which person works on which buyers: the first rule in order that fits a case without an owner.
create table collector_rule (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  position smallint not null,
  segment text not null default '',
  country text not null default '',
  owner text not null check (owner <> ''),
  primary key (seller_id, id)
);
select secure_table('collector_rule', 'select, insert, delete');

alter table collection_case add column owner text not null default '';
grant update (owner) on collection_case to netterms_app;

-- What a minute on a task is expected to bring, in minor units of the seller's currency, and what that was made of.
-- Written by the day; null for what is done by itself or has no rate of exchange.
alter table collection_action
  add column worth numeric,
  add column worth_facts jsonb;
grant update (worth, worth_facts) on collection_action to netterms_app;
-- The list in its order, and how many stand at each stage, without a look at the table.
create index action_ranked on collection_action (seller_id, worth desc nulls last, due_on, id) include (stage, planned_on)
  where state in ('planned', 'failed') and (step <> 'email_reminder' or state = 'failed');
create index policy_deadline_buyer on policy_deadline (seller_id, buyer_id, due_on) where state = 'open';
create index action_of_case on collection_action (seller_id, case_id);
create index case_owner on collection_case (seller_id, owner) where closed_on is null;

-- Every attempt to reach a buyer, and whether it met a person who can pay or decide (COL-03). Never changed.
create table contact_made (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  key text not null check (key <> ''),
  fingerprint text not null,
  case_id uuid not null,
  buyer_id uuid not null,
  action_id uuid,
  made_on date not null,
  made_at timestamptz not null,
  made_by text not null,
  channel text not null check (channel in ('phone', 'email', 'letter', 'visit', 'page')),
  right_party boolean not null,
  contact_id uuid,
  person text not null default '',
  outcome text not null check (outcome in ('promised', 'reached', 'not_reached', 'sent', 'disputes', 'no_need')),
  promise_id uuid,
  next_on date,
  invoices uuid[] not null default '{}',
  minutes smallint not null default 0 check (minutes between 0 and 600),
  script text not null default '',
  language text not null default '',
  note text not null default '',
  primary key (seller_id, id),
  unique (seller_id, key),
  foreign key (seller_id, case_id) references collection_case (seller_id, id),
  check (not right_party or person <> '')
);
create index contact_made_buyer on contact_made (seller_id, buyer_id, made_at);
create index contact_made_day on contact_made (seller_id, made_on);
select secure_table('contact_made', 'select, insert');
