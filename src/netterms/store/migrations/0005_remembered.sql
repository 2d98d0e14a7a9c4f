-- What the processes of a server remember together for a while (remembered.py): of people who sign in, no seller's.
create table remembered (
  key text primary key,
  value jsonb not null,
  until timestamptz not null
);
create index remembered_until on remembered (until);
