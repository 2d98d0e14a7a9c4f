-- Invoices whose number stands in a line's words: whole, or (what is not whole) its digits. Digits that many
-- invoices share name none.
with rare as (
  select currency, digits from match_open where digits <> '' group by currency, digits having count(*) <= 3
)
select l.n as line, o.n as item, true as whole
from match_line l
cross join lateral unnest(l.keys) k(key)
join match_open o on o.key = k.key and o.currency = l.currency
where length(o.key) >= 4
union all
select l.n, o.n, false
from match_line l
cross join lateral unnest(l.figures) f(digits)
join rare r on r.digits = f.digits and r.currency = l.currency
join match_open o on o.digits = r.digits and o.currency = r.currency
