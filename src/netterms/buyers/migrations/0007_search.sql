-- Names of buyers as a search finds them: one row a name, in the spelling of netterms.buyers.names and with
-- its pieces (netterms.buyers.grams).
create table buyer_search (
  seller_id uuid not null,
  buyer_id uuid not null,
  said text collate "C" not null,
  grams bigint[] not null,
  primary key (seller_id, buyer_id, said),
  foreign key (seller_id, buyer_id) references buyer (seller_id, id)
);
create index buyer_search_said on buyer_search (seller_id, said);
-- Without a list of pending entries: every search would read it from end to end.
create index buyer_search_grams on buyer_search using gin (grams) with (fastupdate = off);
select secure_table('buyer_search', 'select, insert, delete');

-- Whose names changed since they were last put into the index. Written in the transaction of the change.
create table name_to_index (
  seller_id uuid not null,
  buyer_id uuid not null,
  primary key (seller_id, buyer_id)
);
select secure_table('name_to_index', 'select, insert, delete');

create function note_new_names() returns trigger language plpgsql as $$
begin
  insert into name_to_index (seller_id, buyer_id) select seller_id, id from added
  on conflict do nothing;
  return null;
end $$;
create trigger note_new_names after insert on buyer
  referencing new table as added for each statement execute function note_new_names();

create function note_name() returns trigger language plpgsql as $$
begin
  insert into name_to_index (seller_id, buyer_id) values (new.seller_id, new.id)
  on conflict do nothing;
  return null;
end $$;
create trigger note_name after update of name on buyer
  for each row when (old.name is distinct from new.name) execute function note_name();

create function note_alias() returns trigger language plpgsql as $$
begin
  insert into name_to_index (seller_id, buyer_id)
  values (coalesce(new.seller_id, old.seller_id), coalesce(new.buyer_id, old.buyer_id))
  on conflict do nothing;
  return null;
end $$;
create trigger note_alias after insert or delete on buyer_alias
  for each row execute function note_alias();

insert into name_to_index (seller_id, buyer_id) select seller_id, id from buyer;

-- Names that hold all of these pieces. Row-level security would keep the index of pieces unused, as an
-- array operator might tell what it sees; so this looks past it, and names the seller itself.
create function names_with(p_grams bigint[], p_most integer)
  returns table (buyer_id uuid, said text)
  language sql stable security definer
  set search_path = public, pg_temp set enable_seqscan = off set plan_cache_mode = force_custom_plan as $$
  select buyer_id, said
  from (select s.seller_id, s.buyer_id, s.said from buyer_search s
        where s.grams @> p_grams limit p_most) found
  where seller_id = current_seller()
$$;
revoke execute on function names_with from public;
grant execute on function names_with to netterms_app;
