-- Let the lines of `buyers` (null: all of the seller's) count in the caps they belong to on `on_day`, at that
-- day's rate; with null every cap's use is summed anew from its lines. Returns how many lines changed.
create or replace function refresh_caps(p_buyers uuid[], on_day date) returns int
language plpgsql
as $$
declare
  -- The lines that move and where to, the caps of each written as text: worked out once, since a grade or a rate
  -- that comes in while we wait for a lock would ask for lines that are not held.
  buyers uuid[];
  currencies char(3)[];
  targets text[];
  rates numeric[];
  changed int;
begin
  -- One at a time decides who counts where. Then lines before caps, each by key: the order of every lock.
  -- A line that stays where it is needs none: what it uses cannot change without its caps.
  perform lock_caps();
  if not exists (select from exposure_cap x where x.seller_id = (select current_seller())) then
    return 0;
  end if;
  select array_agg(w.buyer_id), array_agg(w.currency), array_agg(w.cap_ids::text), array_agg(w.cap_rate)
  into buyers, currencies, targets, rates
  from wanted_caps(p_buyers, on_day) w;
  perform from credit_line l
  join unnest(buyers, currencies) w(buyer_id, currency) on w.buyer_id = l.buyer_id and w.currency = l.currency
  where l.seller_id = (select current_seller())
  order by l.buyer_id, l.currency
  for update of l;
  perform from exposure_cap x
  where x.seller_id = (select current_seller())
    and (p_buyers is null
         or x.id in (select unnest(w.target::uuid[]) from unnest(targets) w(target))
         -- And of all the buyers' lines: who opens one counts anew next what is owed on the others.
         or x.id in (select unnest(l.cap_ids) from credit_line l
                     where l.seller_id = (select current_seller()) and l.buyer_id = any (p_buyers)))
  order by x.id
  for update;
  with moved as (
    update credit_line l set cap_ids = w.target::uuid[], cap_rate = w.rate
    from unnest(buyers, currencies, targets, rates) w(buyer_id, currency, target, rate)
    where l.seller_id = (select current_seller()) and l.buyer_id = w.buyer_id and l.currency = w.currency
    returning l.held_minor, l.owed_minor, old.cap_ids as was_ids, old.cap_rate as was_rate, l.cap_ids, l.cap_rate
  ),
  capped as (
    update exposure_cap x set used_minor = x.used_minor + d.grew
    from (
      select id, sum(minor) as grew
      from (select unnest(cap_ids) as id, capped_minor(held_minor, owed_minor, cap_rate) as minor from moved
            union all
            select unnest(was_ids), -capped_minor(held_minor, owed_minor, was_rate) from moved) p
      group by id
    ) d
    where p_buyers is not null and x.seller_id = (select current_seller()) and x.id = d.id and d.grew <> 0
  )
  select count(*) into changed from moved;
  if p_buyers is null then
    update exposure_cap x set used_minor = coalesce(d.used, 0)
    from exposure_cap y
    left join (
      select cap_id, sum(capped_minor(l.held_minor, l.owed_minor, l.cap_rate)) as used
      from credit_line l, unnest(l.cap_ids) cap_id
      where l.seller_id = (select current_seller())
      group by cap_id
    ) d on d.cap_id = y.id
    where x.seller_id = (select current_seller()) and y.seller_id = x.seller_id and y.id = x.id
      and x.used_minor <> coalesce(d.used, 0);
  end if;
  return changed;
end $$;
