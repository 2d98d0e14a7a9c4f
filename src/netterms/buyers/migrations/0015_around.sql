-- Chinese, Japanese and Korean names have keys of characters with one between them, too (search_keys): they are indexed anew.
insert into name_to_index (seller_id, buyer_id)
select distinct seller_id, buyer_id from buyer_search where said ~ '[^ -~]'
on conflict do nothing;

-- Of the seller's first names those with one of some keys: enough where every hundredth has one, and then far quicker
-- than the index, which reads all that have one before it gives the first.
create function names_sharing(p_keys bigint[], p_first integer, p_most integer)
  returns table (buyer_id uuid, said text)
  language sql stable security definer
  set search_path = public, pg_temp set enable_seqscan = off set enable_bitmapscan = off
  set max_parallel_workers_per_gather = 0 as $$
  select buyer_id, said
  from (select s.buyer_id, s.said, s.keys from buyer_search s where s.seller_id = current_seller()
        order by s.buyer_id, s.said limit p_first) first_names
  where keys && p_keys limit p_most
$$;
revoke execute on function names_sharing from public;
grant execute on function names_sharing to netterms_app;

-- Names that have a key of each group. Groups of one key are asked for as one array: the index then goes by the
-- rarest of them. Never in parallel: to start a worker takes longer than the question.
create or replace function names_with(p_groups text[], p_most integer)
  returns table (buyer_id uuid, said text)
  language plpgsql stable security definer
  set search_path = public, pg_temp set enable_seqscan = off set enable_indexscan = off
  set max_parallel_workers_per_gather = 0 as $$
declare
  already bigint := 0;
begin
  if cardinality(p_groups) = 0 then
    return;
  end if;
  -- A single group that every hundredth of the first names has a key of.
  if cardinality(p_groups) = 1
    and 20 = (select count(*) from names_sharing(p_groups[1]::bigint[], 2000, 20))
  then
    return query select * from names_sharing(p_groups[1]::bigint[], 20000, p_most);
    get diagnostics already = row_count;
  end if;
  if already >= p_most then
    return;
  end if;
  return query execute
    'select found.buyer_id, found.said from (select s.seller_id, s.buyer_id, s.said from buyer_search s where '
    || (select string_agg(asked, ' and ')
        from (select format('s.keys && %L::bigint[]', one) as asked from unnest(p_groups) one
              where one like '%,%'
              union all
              select format('s.keys @> %L::bigint[]', '{' || string_agg(btrim(one, '{}'), ',') || '}')
              from unnest(p_groups) one where one not like '%,%' having count(*) > 0) each_asked)
    || ' limit $1) found where found.seller_id = current_seller()' using p_most;
end $$;

alter function words_with set max_parallel_workers_per_gather = 0;
