-- Buyers with what they owe on %(as_of)s, their newest grade and limit, and their stage: one row a
-- buyer and currency, or one without a currency where nothing was ever invoiced.
-- Put after the common table expression `item` (receivables/item.sql).
, owed as (
  select buyer, currency,
         sum(open_minor) filter (where open_minor > 0)::bigint as open_minor,
         sum(open_minor) filter (where open_minor > 0 and due_on < %(as_of)s)::bigint as overdue_minor,
         sum(open_minor)::bigint as balance_minor,
         max(%(as_of)s - due_on) filter (where open_minor > 0 and due_on < %(as_of)s) as days_past_due
  from item
  group by buyer, currency
),
graded as (
  select distinct on (buyer_id, currency) buyer_id, currency, grade, pd
  from score
  where seller_id = %(seller)s and scored_on <= %(as_of)s
  order by buyer_id, currency, scored_on desc
),
limited as (
  select distinct on (buyer_id, currency) buyer_id, currency,
         coalesce(granted_minor, recommended_minor) as limit_minor
  from limit_decision
  where seller_id = %(seller)s and decided_on <= %(as_of)s
  order by buyer_id, currency, decided_on desc, id desc
),
listed as (
  select b.id, b.buyer_number, b.name, b.country, o.currency::text as currency, g.grade, g.pd,
         coalesce(c.stage, 0) as stage, c.state as case_state,
         coalesce(o.open_minor, 0) as open_minor,
         coalesce(o.overdue_minor, 0) as overdue_minor,
         coalesce(o.days_past_due, 0) as days_past_due,
         l.limit_minor,
         -- What is owed is net of credits; nothing below zero is available. A credit line knows better:
         -- orders hold a part of it (`_less_orders` of queries.py).
         greatest(0, l.limit_minor - greatest(0, coalesce(o.balance_minor, 0))) as available_minor
  from buyer b
  left join owed o on o.buyer = b.id::text
  left join graded g on g.buyer_id = b.id and g.currency = o.currency
  left join limited l on l.buyer_id = b.id and l.currency = o.currency
  left join collection_case c on c.seller_id = b.seller_id and c.buyer_id = b.id and c.closed_on is null
  where b.seller_id = %(seller)s
    and (%(country)s = '' or b.country = %(country)s)
    and (%(text)s = '' or b.id = any(%(found)s::uuid[]))
    and (%(grade)s::int is null or g.grade = %(grade)s)
    and (%(stage)s::int is null or coalesce(c.stage, 0) = %(stage)s)
    and (%(currency)s = '' or o.currency = %(currency)s)
    and (%(after)s::uuid is null or b.id > %(after)s)
)
