-- Where held is not the sum of a line's orders, owed not that of its open invoices, or a cap's use not that of
-- its lines. One statement sees one moment: nothing has to be locked.
select 'held' as what, l.buyer_id::text || '/' || l.currency as subject, l.held_minor as stored,
       coalesce(o.held, 0)::bigint as counted
from credit_line l
left join (
  select buyer_id, line_currency, sum(held_minor) as held from credit_order
  where seller_id = %(seller)s and held_minor > 0
  group by buyer_id, line_currency
) o on o.buyer_id = l.buyer_id and o.line_currency = l.currency
where l.seller_id = %(seller)s and l.held_minor <> coalesce(o.held, 0)
union all
select 'owed', l.buyer_id::text || '/' || l.currency, l.owed_minor, coalesce(o.owed, 0)
from credit_line l
left join line_owed(null) o on o.buyer_id = l.buyer_id and o.currency = l.currency
where l.seller_id = %(seller)s and l.owed_minor <> coalesce(o.owed, 0)
union all
select 'caps', x.kind || '/' || x.key, x.used_minor, coalesce(u.used, 0)::bigint
from exposure_cap x
left join (
  select cap_id, sum(capped_minor(l.held_minor, l.owed_minor, l.cap_rate)) as used
  from credit_line l, unnest(l.cap_ids) cap_id
  where l.seller_id = %(seller)s
  group by cap_id
) u on u.cap_id = x.id
where x.seller_id = %(seller)s and x.used_minor <> coalesce(u.used, 0)
