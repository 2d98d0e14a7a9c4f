-- Net worth and turnover of a buyer as its newest statement has them: the company's own accounts before
-- the group's, the longer period before the shorter, the last version. The order is that of ratios.sql.
-- Each figure follows from lines that are given, or is not known; nothing is kept of older accounts.
with newest as (
  select currency,
         equity - coalesce(intangible_assets, 0) as tangible_net_worth_minor,
         -- At the pace of a year; numeric rounds half away from zero.
         round(revenue * 12::numeric / months)::bigint as annual_turnover_minor
  from statement
  where seller_id = %(seller)s and buyer_id = %(buyer)s
  order by period_end desc, consolidated, months desc, version desc
  limit 1
)
update buyer b
set accounts_currency = n.currency, tangible_net_worth_minor = n.tangible_net_worth_minor,
    annual_turnover_minor = n.annual_turnover_minor
from newest n
where b.seller_id = %(seller)s and b.id = %(buyer)s
