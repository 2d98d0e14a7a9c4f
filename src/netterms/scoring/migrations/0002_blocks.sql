-- What each block did to a score; null where payments alone made it. (Stable: no row is rewritten.)
alter table score add column blocks jsonb;

-- What registers and reports tell of a company: added to, never changed; the newest counts.
create table company_fact (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  buyer_id uuid not null,
  known_on date not null,
  founded_on date,
  employees integer check (employees >= 0),
  form_rank smallint check (form_rank between 1 and 3),
  source text not null check (source <> ''),
  primary key (seller_id, id),
  foreign key (seller_id, buyer_id) references buyer (seller_id, id)
);
create index company_fact_buyer on company_fact (seller_id, buyer_id, known_on);
select secure_table('company_fact', 'select, insert');

-- Who broke a promise lately: few of the many events.
create index event_promise_broken on event (seller_id, business_date, subject_id)
  where kind = 'collection.promise_broken';
