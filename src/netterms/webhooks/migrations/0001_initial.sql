-- Where a seller's events are told, what was told, and every attempt to tell it.

create table webhook_endpoint (
  seller_id uuid not null references seller,
  id uuid not null default uuidv7(),
  url text not null check (length(url) between 1 and 2000),
  -- Empty: every kind.
  kinds text[] not null,
  -- Kept readable: every message is signed with it.
  secret text not null,
  old_secret text,
  old_secret_until timestamptz,
  enabled boolean not null default true,
  -- Why it was switched off without a person: failing, gone.
  disabled_why text not null default '',
  failing_since timestamptz,
  -- Only events made after it are told.
  from_event uuid not null default uuidv7(),
  created_at timestamptz not null,
  removed_at timestamptz,
  primary key (seller_id, id)
);
select secure_table('webhook_endpoint', 'select, insert, update (url, kinds, secret, old_secret,
  old_secret_until, enabled, disabled_why, failing_since, from_event, removed_at)');

-- Events of transactions below `tx` have their deliveries.
create table webhook_cursor (
  seller_id uuid primary key references seller,
  tx bigint not null
);
select secure_table('webhook_cursor', 'select, insert, update (tx)');

create table webhook_delivery (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  endpoint_id uuid not null,
  event_id uuid not null,
  kind text not null,
  -- Whose events go one after another: the buyer's, else those of the event's subject.
  queue text not null,
  state text not null default 'pending' check (state in ('pending', 'delivered', 'failed')),
  -- When it may be tried (again). While an attempt is under way: when another worker may take over.
  next_at timestamptz not null,
  attempts int not null default 0,
  -- Attempts since it was made or replayed.
  tries int not null default 0,
  last_status int,
  last_error text not null default '',
  created_at timestamptz not null,
  delivered_at timestamptz,
  primary key (seller_id, id),
  unique (seller_id, endpoint_id, event_id),
  foreign key (seller_id, endpoint_id) references webhook_endpoint (seller_id, id)
);
create index webhook_delivery_due on webhook_delivery (seller_id, next_at) where state = 'pending';
create index webhook_delivery_queue on webhook_delivery (seller_id, endpoint_id, queue, event_id)
  where state = 'pending';
select secure_table('webhook_delivery', 'select, insert, update (state, next_at, attempts, tries,
  last_status, last_error, delivered_at)');

create table webhook_attempt (
  seller_id uuid not null,
  delivery_id uuid not null,
  attempt int not null,
  started_at timestamptz not null,
  seconds numeric(8, 3) not null,
  status int,
  error text not null,
  body text not null,
  primary key (seller_id, delivery_id, attempt),
  foreign key (seller_id, delivery_id) references webhook_delivery (seller_id, id)
);
select secure_table('webhook_attempt', 'select, insert');

-- Whose books the worker must look into. It has no seller yet, so the owner looks for it, and tells
-- ids alone.
create function webhook_sellers() returns setof uuid
  language sql stable security definer set search_path = public
  as $$ select distinct seller_id from webhook_endpoint where enabled and removed_at is null $$;
