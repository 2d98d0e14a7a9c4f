-- The lines of `buyers` (null: all of the seller's) that count in other caps, or at another rate, than they
-- should on `on_day`. A group cap counts the company it names and every company below it, at any depth;
-- a grade cap the newest grade of the line's currency, else of any. Without caps a line has no rate.
create or replace function wanted_caps(p_buyers uuid[], on_day date)
returns table (buyer_id uuid, currency char(3), cap_ids uuid[], cap_rate numeric)
  language sql stable
as $$
  with recursive cap as materialized (
    select x.id, x.kind, x.key from exposure_cap x where x.seller_id = (select current_seller())
  ),
  mine as materialized (
    select l.buyer_id, l.currency, l.cap_ids, l.cap_rate, b.country, b.sector
    from credit_line l
    join buyer b on b.seller_id = (select current_seller()) and b.id = l.buyer_id
    where l.seller_id = (select current_seller()) and (p_buyers is null or l.buyer_id = any (p_buyers))
  ),
  -- Distinct pairs end the walk even where companies own each other.
  above (buyer_id, company) as (
    select m.buyer_id, m.buyer_id from mine m where exists (select from cap c where c.kind = 'group')
    union
    select a.buyer_id, b.parent_id
    from above a
    join buyer b on b.seller_id = (select current_seller()) and b.id = a.company
    where b.parent_id is not null
  ),
  graded as (
    select m.buyer_id, m.currency, newest.grade
    from mine m
    cross join lateral (
      select s.grade from score s
      where s.seller_id = (select current_seller()) and s.buyer_id = m.buyer_id and s.scored_on <= on_day
      order by s.currency = m.currency desc, s.scored_on desc, s.currency
      limit 1
    ) newest
    where exists (select from cap c where c.kind = 'grade')
  ),
  counts as (
    select m.buyer_id, m.currency, c.id from mine m join cap c on c.key = m.country where c.kind = 'country'
    union all
    select m.buyer_id, m.currency, c.id from mine m join cap c on c.key = m.sector where c.kind = 'sector'
    union all
    select g.buyer_id, g.currency, c.id from graded g join cap c on c.key = g.grade::text where c.kind = 'grade'
    union all
    select m.buyer_id, m.currency, c.id
    from above a
    join cap c on c.key = a.company::text
    join mine m on m.buyer_id = a.buyer_id
    where c.kind = 'group'
  ),
  counted as (
    select n.buyer_id, n.currency, array_agg(n.id order by n.id) as ids from counts n group by n.buyer_id, n.currency
  ),
  rated as materialized (
    select m.currency, minor_rate(m.currency, s.currency, on_day) as rate
    from (select distinct m.currency from mine m) m, seller s
    where s.seller_id = (select current_seller())
  )
  select m.buyer_id, m.currency, w.ids, w.rate
  from mine m
  join rated r on r.currency = m.currency
  left join counted n on n.buyer_id = m.buyer_id and n.currency = m.currency
  cross join lateral (
    select coalesce(n.ids, '{}') as ids, case when n.ids is not null then r.rate end as rate
  ) w
  where w.ids <> m.cap_ids or w.rate is distinct from m.cap_rate
$$;
