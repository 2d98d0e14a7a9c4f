-- What a person saw at a buyer's place, with photographs. Only ever added: a later visit tells more.
create table site_visit (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  buyer_id uuid not null,
  visited_on date not null,
  visitor text not null check (visitor <> ''),
  verdict smallint not null check (verdict between 1 and 5),
  staff integer check (staff between 0 and 10000000),
  premises text not null,
  stock text not null,
  machines text not null,
  order_book text not null,
  management text not null,
  notes text not null,
  entered_by text not null,
  entered_at timestamptz not null,
  primary key (seller_id, id),
  foreign key (seller_id, buyer_id) references buyer (seller_id, id)
);
create index site_visit_buyer on site_visit (seller_id, buyer_id, visited_on);
select secure_table('site_visit', 'maintain, select, insert');
create trigger append_only before update or delete on site_visit
  for each row execute function refuse_change();

create table site_photo (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  visit_id uuid not null,
  place smallint not null,
  kind text not null check (kind in ('image/jpeg', 'image/png', 'image/webp')),
  content bytea not null check (octet_length(content) between 1 and 5242880),
  primary key (seller_id, id),
  unique (seller_id, visit_id, place),
  foreign key (seller_id, visit_id) references site_visit (seller_id, id)
);
-- A photograph does not get smaller.
alter table site_photo alter column content set storage external;
select secure_table('site_photo', 'maintain, select, insert');
create trigger append_only before update or delete on site_photo
  for each row execute function refuse_change();
