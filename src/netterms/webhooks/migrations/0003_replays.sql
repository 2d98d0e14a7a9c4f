-- What is to be told again. A worker makes the deliveries, some at a time: a range may hold millions.
create table webhook_replay (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  endpoint_id uuid not null,
  since timestamptz not null,
  until timestamptz not null,
  -- Events up to and with this one have their deliveries.
  after_event uuid not null,
  done boolean not null default false,
  primary key (seller_id, id),
  foreign key (seller_id, endpoint_id) references webhook_endpoint (seller_id, id)
);
create index webhook_replay_open on webhook_replay (seller_id, id) where not done;
select secure_table('webhook_replay', 'select, insert, update (after_event, done)');
