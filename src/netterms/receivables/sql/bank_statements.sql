-- Statements, the newest first, and how far their lines are.
select s.id, a.number as account, a.currency::text as currency, s.report, s.format, s.number, s.first_on, s.last_on,
       s.opening_minor, s.closing_minor, s.lines, coalesce(l.open, 0) as open, coalesce(l.proposed, 0) as proposed,
       coalesce(l.posted, 0) as posted, s.file_name, s.loaded_at, s.loaded_by
from (
  select * from bank_statement
  where seller_id = %(seller)s and (%(id)s::uuid is null or id = %(id)s)
  order by last_on desc, id desc
  limit %(most)s offset %(skip)s
) s
join bank_account a on a.seller_id = s.seller_id and a.id = s.account_id
left join lateral (
  select count(*) filter (where state = 'open') as open, count(*) filter (where state = 'proposed') as proposed,
         count(*) filter (where state = 'posted') as posted
  from bank_line x where x.seller_id = s.seller_id and x.statement_id = s.id
    and (x.amount_minor > 0 or x.state <> 'open')
) l on true
order by s.last_on desc, s.id desc
