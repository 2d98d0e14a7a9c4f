-- A search finds words first, then the names that hold them (netterms.buyers.search_keys): names have few keys,
-- and slips are kept once a word instead of in pieces of every name.
drop function names_with;
drop index buyer_search_grams;
truncate buyer_search;
alter table buyer_search rename column grams to keys;
create index buyer_search_keys on buyer_search using gin (keys) with (fastupdate = off);

-- Words of names, as search_keys spells them. One that no name holds any more finds nothing and stays.
create table name_word (
  seller_id uuid not null,
  word text collate "C" not null,
  slips bigint[] not null,
  primary key (seller_id, word)
);
create index name_word_slips on name_word using gin (slips) with (fastupdate = off);
select secure_table('name_word', 'select, insert');

insert into name_to_index (seller_id, buyer_id) select seller_id, id from buyer on conflict do nothing;

-- Row-level security would keep an index of arrays unused, as an array operator might tell what it sees; so these
-- look past it, and name the seller themselves. No other index is of use: it would lead through the names of all sellers
-- in the hope that some fit. Keys carry their seller: others are met by chance alone.

-- Names that have a key of each group.
create function names_with(p_groups text[], p_most integer)
  returns table (buyer_id uuid, said text)
  language plpgsql stable security definer
  set search_path = public, pg_temp set enable_seqscan = off set enable_indexscan = off as $$
begin
  if cardinality(p_groups) = 0 then
    return;
  end if;
  return query execute
    'select found.buyer_id, found.said from (select s.seller_id, s.buyer_id, s.said from buyer_search s where '
    || (select string_agg(format('s.keys && %L::bigint[]', one), ' and ') from unnest(p_groups) one)
    || ' limit $1) found where found.seller_id = current_seller()' using p_most;
end $$;

-- Words that share a slip with one of so many letters; those about as long come first.
create function words_with(p_slips bigint[], p_letters integer, p_most integer)
  returns table (word text)
  language sql stable security definer
  set search_path = public, pg_temp set enable_seqscan = off set enable_indexscan = off
  set plan_cache_mode = force_custom_plan as $$
  select w.word from name_word w
  where w.slips && p_slips and w.seller_id = current_seller()
  order by abs(length(w.word) - p_letters), w.word limit p_most
$$;
revoke execute on function names_with, words_with from public;
grant execute on function names_with, words_with to netterms_app;
