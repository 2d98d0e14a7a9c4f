-- What every room stands on: sellers, events, idempotency keys, finished steps, closed days.

do $$ begin
  if not exists (select from pg_roles where rolname = 'netterms_app') then
    create role netterms_app nologin;
    -- A single login that owns the tables steps down to the lesser role on every connection.
    execute format('grant netterms_app to %I', current_user);
  end if;
end $$;

grant usage on schema public to netterms_app;
-- Tables of the web framework (users, sessions, second factor) hold no seller's rows.
alter default privileges in schema public grant select, insert, update, delete on tables to netterms_app;
alter default privileges in schema public grant usage, select on sequences to netterms_app;

-- The seller whose book this transaction is in; null when none was named, and then nothing shows.
create function current_seller() returns uuid
  language sql stable parallel safe
  return nullif(current_setting('netterms.seller_id', true), '')::uuid;

-- Close a table of a seller's rows to all other sellers, and allow only the verbs named.
create function secure_table(name regclass, verbs text) returns void
  language plpgsql as $$
begin
  execute format('alter table %s enable row level security', name);
  execute format('create policy of_seller on %s using (seller_id = (select current_seller()))'
                 ' with check (seller_id = (select current_seller()))', name);
  execute format('revoke all on %s from netterms_app', name);
  execute format('grant %s on %s to netterms_app', verbs, name);
end $$;

create table seller (
  seller_id uuid primary key default uuidv7(),
  name text not null check (name <> ''),
  country char(2) not null,
  currency char(3) not null,
  time_zone text not null default 'UTC',
  language text not null default 'en' check (language in ('en', 'zh-hans')),
  email text not null default '',
  created_at timestamptz not null default now()
);
-- Opening a seller happens under the new seller's own id.
select secure_table('seller', 'select, insert, update (name, time_zone, language, email)');

create table event (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  happened_at timestamptz not null,
  business_date date not null,
  actor text not null,
  why text not null default '',
  kind text not null,
  subject_id uuid not null,
  facts jsonb not null,
  primary key (seller_id, id)
);
create index event_subject on event (seller_id, subject_id, id);
select secure_table('event', 'select, insert');

create table idempotency_key (
  seller_id uuid not null,
  key text not null check (length(key) between 1 and 255),
  fingerprint char(64) not null,
  answer jsonb,
  claimed_at timestamptz not null,
  primary key (seller_id, key)
);
select secure_table('idempotency_key', 'select, insert, update (answer)');

-- A finished step of a run (the business day): there or not there, never half.
create table run_step (
  seller_id uuid not null,
  run text not null,
  business_date date not null,
  step text not null,
  finished_at timestamptz not null,
  seconds numeric(12, 3) not null,
  facts jsonb not null,
  primary key (seller_id, run, business_date, step)
);
select secure_table('run_step', 'select, insert');

-- Public holidays by country: facts that sellers share.
create table closed_day (
  country char(2) not null,
  day date not null,
  name text not null,
  primary key (country, day)
);
grant select, insert on closed_day to netterms_app;

-- Days of the week (ISO: Monday is 1) without business where it is not Saturday and Sunday.
create table country_weekend (
  country char(2) primary key,
  iso_days int[] not null
);
insert into country_weekend values
  ('AE', '{6,7}'), ('BH', '{5,6}'), ('DZ', '{5,6}'), ('EG', '{5,6}'), ('IL', '{5,6}'), ('IQ', '{5,6}'),
  ('JO', '{5,6}'), ('KW', '{5,6}'), ('LY', '{5,6}'), ('OM', '{5,6}'), ('QA', '{5,6}'), ('SA', '{5,6}'),
  ('BD', '{5,6}'), ('NP', '{6}');
revoke all on country_weekend from netterms_app;
grant select on country_weekend to netterms_app;

create function is_business_day(in_country text, on_day date) returns boolean
  language sql stable parallel safe
  return not exists (select from closed_day where country = in_country and day = on_day)
     and extract(isodow from on_day)::int <> all (
           coalesce((select iso_days from country_weekend where country = in_country), '{6,7}'));

create function business_day_on_or_after(in_country text, on_day date) returns date
  language sql stable parallel safe
  return (select d::date from generate_series(on_day, on_day + 30, interval '1 day') d
          where is_business_day(in_country, d::date) order by d limit 1);

create function business_days_after(in_country text, on_day date, days int) returns date
  language sql stable parallel safe
  return case when days < 1 then on_day else (
    select d::date from generate_series(on_day + 1, on_day + 10 + days * 3, interval '1 day') d
    where is_business_day(in_country, d::date) order by d offset days - 1 limit 1) end;

-- Every row added must point to a parent of the same seller. One look for the whole statement: a
-- foreign key would look once for every row, which costs an import of a million as much as the
-- import. It is as strong, since no parent is ever deleted. Arguments: parent table, child column.
create function require_parent() returns trigger language plpgsql as $$
declare orphan uuid;
begin
  -- An aggregate, not "limit 1": that would make the planner look row by row after all.
  execute format('select min(a.%2$I::text) from added a where a.%2$I is not null and not exists ('
                 'select from %1$I p where p.seller_id = a.seller_id and p.id = a.%2$I)',
                 tg_argv[0], tg_argv[1]) into orphan;
  if orphan is not null then
    raise exception '%.% = % is not in %', tg_table_name, tg_argv[1], orphan, tg_argv[0]
      using errcode = 'foreign_key_violation';
  end if;
  return null;
end $$;

create function refuse_delete() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are never deleted: others point to them', tg_table_name
    using errcode = 'restrict_violation';
end $$;

-- Facts that moved money are never edited: not by the application, not by a migration.
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append only', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger append_only before update or delete on event
  for each row execute function refuse_change();
create trigger no_truncate before truncate on event
  for each statement execute function refuse_change();
