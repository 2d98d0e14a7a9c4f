-- The relation `known` of limits/facts_sql: what the book holds of how each buyer trades whose limit is looked
-- at. The statement is its newest, in the order of statements/ratios; in another currency it tells nothing here.
select u.buyer, u.currency, u.need_minor, s.payment_index, f.founded_on,
       coalesce(p.settled_minor, 0) as settled_minor, coalesce(p.discounted_minor, 0) as discounted_minor,
       a.payables, a.net_income, a.revenue, a.current_assets, a.current_liabilities, a.total_liabilities,
       a.total_assets
from credit_use u
join scored_today s on s.buyer_id = u.buyer::uuid and s.currency = u.currency
left join lateral (
  select c.founded_on from company_fact c
  where c.seller_id = %(seller)s and c.buyer_id = u.buyer::uuid and c.known_on <= %(as_of)s
  order by c.known_on desc, c.id desc
  limit 1
) f on true
left join lateral (
  select * from statement t
  where t.seller_id = %(seller)s and t.buyer_id = u.buyer::uuid and t.known_on <= %(as_of)s
    and t.period_end <= %(as_of)s
  order by t.period_end desc, t.consolidated, t.months desc, t.version desc
  limit 1
) a on a.currency = u.currency
left join (
  select i.buyer_id, i.currency::text as currency, sum(l.amount_minor) as settled_minor,
         coalesce(sum(l.amount_minor) filter (where l.discount_minor <> 0), 0) as discounted_minor
  from allocation l
  join invoice i on i.seller_id = l.seller_id and i.id = l.invoice_id
  where l.seller_id = %(seller)s and l.allocated_on > %(since)s and l.allocated_on <= %(as_of)s
    and i.kind = 'invoice' and i.buyer_id in (select buyer_id from scored_today)
  group by i.buyer_id, i.currency
) p on p.buyer_id = u.buyer::uuid and p.currency = u.currency
