-- How invoices that fell due in the last 12 months were paid: by the buyer, by others of its country, by others of its
-- sector. What is still open counts as late once its day is past, and with its days so far; so does what was written
-- off. Of many others a sample is asked, always the same one: to read a whole book would take seconds. Buyers that are
-- one company count as one, and those that are the buyer's own are no others.
with mine as (
  select id, country, sector, coalesce(merged_into, id) as company from buyer
  where seller_id = %(seller)s and id = %(buyer)s
),
around as (
  select 'buyer' as scope, id, company from mine
  union all (
    select 'country', b.id, coalesce(b.merged_into, b.id)
    from mine m join buyer b on b.seller_id = %(seller)s and b.country = m.country
    where m.country <> '' and coalesce(b.merged_into, b.id) <> m.company
    order by uuid_hash(b.id), b.id limit %(most)s)
  union all (
    select 'sector', b.id, coalesce(b.merged_into, b.id)
    from mine m join buyer b on b.seller_id = %(seller)s and b.sector = m.sector
    where m.sector <> '' and coalesce(b.merged_into, b.id) <> m.company
    order by uuid_hash(b.id), b.id limit %(most)s)
),
paid as (
  select a.scope, a.company,
         case when i.settled_on <= %(as_of)s and i.state <> 'written_off' then i.settled_on else %(as_of)s end - i.due_on
           as days
  from around a
  join invoice i on i.seller_id = %(seller)s and i.buyer_id = a.id
  where i.kind = 'invoice' and i.due_on <= %(as_of)s and i.due_on > %(as_of)s::date - interval '12 months'
)
select scope, count(distinct company)::int as buyers, count(*)::int as invoices,
       round((count(*) filter (where days > 0))::numeric / count(*), 4) as late_share,
       round(avg(greatest(days, 0)), 1) as days_late,
       (select count(*) from around a where a.scope = paid.scope) >= %(most)s as sampled
from paid
group by scope
order by scope
