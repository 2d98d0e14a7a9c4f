-- Note who was looked at, unless it has changed since it was read.
with looked_at as (
  select n.id, n.fingerprint
  from jsonb_to_recordset(%(buyers)s) as n(id uuid, fingerprint text)
  join screened_buyer b on b.seller_id = %(seller)s and b.id = n.id and b.fingerprint = n.fingerprint
),
noted as (
  insert into screening (seller_id, buyer_id, lists_version, fingerprint, screened_on)
  select %(seller)s, id, %(version)s, fingerprint, %(as_of)s from looked_at
  on conflict (seller_id, buyer_id) do update
  set lists_version = greatest(screening.lists_version, excluded.lists_version),
      fingerprint = excluded.fingerprint, screened_on = excluded.screened_on
  returning buyer_id
)
select count(*)::int from noted
