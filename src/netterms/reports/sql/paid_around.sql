-- How invoices that fell due in the last 12 months were paid: by the buyer, by others of its country, by others of its
-- sector. What is still open counts as late once its day is past, and with its days so far.
with mine as (
  select id, country, sector from buyer where seller_id = %(seller)s and id = %(buyer)s
),
around as (
  select 'buyer' as scope, id from mine
  union all
  select 'country', b.id
  from mine m join buyer b on b.seller_id = %(seller)s and b.country = m.country and b.id <> m.id
  where m.country <> '' and b.merged_into is null
  union all
  select 'sector', b.id
  from mine m join buyer b on b.seller_id = %(seller)s and b.sector = m.sector and b.id <> m.id
  where m.sector <> '' and b.merged_into is null
),
paid as (
  select a.scope, i.buyer_id,
         case when i.settled_on <= %(as_of)s then i.settled_on else %(as_of)s end - i.due_on as days
  from around a
  join invoice i on i.seller_id = %(seller)s and i.buyer_id = a.id
  where i.kind = 'invoice' and i.due_on <= %(as_of)s and i.due_on > %(as_of)s::date - interval '12 months'
)
select scope, count(distinct buyer_id)::int as buyers, count(*)::int as invoices,
       round((count(*) filter (where days > 0))::numeric / count(*), 4) as late_share,
       round(avg(greatest(days, 0)), 1) as days_late
from paid
group by scope
order by scope
