-- For lines that nothing else is known of: the invoice whose open amount nobody else has.
select l.n as line, o.n as item
from match_line l
join (select currency, open_minor, min(n) as n from match_open group by 1, 2 having count(*) = 1) o
  on o.currency = l.currency and o.open_minor = l.amount_minor
where l.n in (select unnest(%(lines)s::int[]))
