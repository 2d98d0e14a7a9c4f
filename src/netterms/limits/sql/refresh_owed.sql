-- Count anew what `buyers` owe on their lines (null: all of the seller's), after invoices or payments
-- moved outside checkout, and bring the caps along. Returns how many lines changed.
create or replace function refresh_owed(p_buyers uuid[]) returns int
language plpgsql
as $$
declare
  changed int;
begin
  -- Lines before caps, each by key: the order of every lock.
  perform from credit_line l
  where l.seller_id = (select current_seller()) and (p_buyers is null or l.buyer_id = any (p_buyers))
  order by l.buyer_id, l.currency
  for update;
  perform from exposure_cap x
  where x.seller_id = (select current_seller()) and x.id in (
    select unnest(l.cap_ids) from credit_line l
    where l.seller_id = (select current_seller()) and (p_buyers is null or l.buyer_id = any (p_buyers)))
  order by x.id
  for update;
  with mine as materialized (
    select l.buyer_id, l.currency, l.held_minor, l.owed_minor, l.cap_ids, l.cap_rate
    from credit_line l
    where l.seller_id = (select current_seller()) and (p_buyers is null or l.buyer_id = any (p_buyers))
  ),
  counted as materialized (
    select * from line_owed(p_buyers)
  ),
  moved as (
    update credit_line l set owed_minor = coalesce(c.owed, 0), version = l.version + 1
    from mine m left join counted c using (buyer_id, currency)
    where l.seller_id = (select current_seller()) and l.buyer_id = m.buyer_id and l.currency = m.currency
      and coalesce(c.owed, 0) <> m.owed_minor
    returning m.cap_ids, capped_minor(l.held_minor, l.owed_minor, l.cap_rate)
                         - capped_minor(m.held_minor, m.owed_minor, m.cap_rate) as grew
  ),
  capped as (
    update exposure_cap x set used_minor = x.used_minor + d.grew
    from (select cap_id, sum(grew) as grew from moved, unnest(cap_ids) cap_id group by cap_id) d
    where x.seller_id = (select current_seller()) and x.id = d.cap_id
  )
  select count(*) into changed from moved;
  return changed;
end $$;
