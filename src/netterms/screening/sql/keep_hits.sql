-- New hits are opened. One that a person cleared stays so while buyer and entry are the same; when
-- either changed, it is open again. An undecided one that is no longer found is gone.
with looked_at as (
  select n.id as buyer_id
  from jsonb_to_recordset(%(buyers)s) as n(id uuid, fingerprint text)
  join screened_buyer b on b.seller_id = %(seller)s and b.id = n.id and b.fingerprint = n.fingerprint
),
found as (
  select h.*
  from jsonb_to_recordset(%(hits)s) as h(id uuid, buyer_id uuid, kind text, entry_id text,
    score smallint, points jsonb, buyer_name text, listed_name text, entry jsonb, seen text)
  join looked_at using (buyer_id)
),
kept as (
  insert into screening_hit as known (seller_id, id, buyer_id, kind, entry_id, score, points,
                                      buyer_name, listed_name, entry, found_on, seen)
  select %(seller)s, id, buyer_id, kind, entry_id, score, points, buyer_name, listed_name, entry,
         %(as_of)s, seen
  from found
  on conflict (seller_id, buyer_id, kind, entry_id) do update
  set score = excluded.score, points = excluded.points, buyer_name = excluded.buyer_name,
      listed_name = excluded.listed_name, entry = excluded.entry, found_on = excluded.found_on,
      seen = excluded.seen, state = 'open', proposed_by = null, why = '', decided_by = null,
      decided_on = null
  where known.state = 'gone'
     or known.seen <> excluded.seen and known.state <> 'confirmed'
  returning id, buyer_id, kind, entry_id, score
),
gone as (
  update screening_hit h
  set state = 'gone', proposed_by = null, decided_by = null, decided_on = null
  from looked_at l
  where h.seller_id = %(seller)s and h.buyer_id = l.buyer_id
    and h.state in ('open', 'clearing', 'confirming')
    and not exists (select from found f where f.buyer_id = h.buyer_id and f.kind = h.kind
                      and f.entry_id = h.entry_id)
  returning h.id
),
told as (
  insert into event (seller_id, happened_at, business_date, actor, why, kind, subject_id, facts)
  select %(seller)s, %(now)s, %(as_of)s, %(actor)s, %(why)s, 'screening.hit_found', buyer_id,
         jsonb_build_object('hit', id, 'watchlist', kind, 'entry', entry_id, 'score', score)
  from kept
)
select (select count(*) from kept)::int as found, (select count(*) from gone)::int as gone
