-- Lines of statements that bring money in and settle nothing yet, each with a small number of its own. What a notice
-- (camt.054) tells of the same entry counts as if the statement told it.
create temp table match_line on commit drop as
select (row_number() over (order by l.booked_on, l.statement_id, l.place))::int as n, l.id, l.currency::text as currency, l.amount_minor,
       l.booked_on,
       case when l.payer_account <> '' then l.payer_account else coalesce(d.payer_account, '') end as account,
       case when l.name_core <> '' then l.name_core else coalesce(d.name_core, '') end as name,
       l.keys || coalesce(d.keys, '{}') as keys, l.figures || coalesce(d.figures, '{}') as figures
from bank_line l
left join lateral (
  select n.payer_account, n.name_core, n.keys, n.figures from bank_line n
  where n.seller_id = l.seller_id and n.account_id = l.account_id and n.bank_reference = l.bank_reference
    and n.state = 'notice' and n.amount_minor = l.amount_minor and l.bank_reference <> ''
  limit 1
) d on true
where l.seller_id = %(seller)s and l.state in ('open', 'proposed') and l.amount_minor > 0
  -- What went out and came back is no payment (match_money_back.sql).
  and not l.reversal
