-- The relation `accounts` of the portable questions: one row a version of a statement, as entered.
-- Runs in the seller's book; row-level security leaves only that seller's rows.
select buyer_id::text as buyer, period_end, months, currency::text as currency, known_on, consolidated,
       version,
       cash, receivables, inventory, other_current_assets,
       current_assets, tangible_fixed_assets, intangible_assets, other_non_current_assets,
       total_assets, short_term_debt, payables, other_current_liabilities,
       current_liabilities, long_term_debt, other_non_current_liabilities, total_liabilities,
       share_capital, retained_earnings, equity, revenue,
       cost_of_goods_sold, gross_profit, operating_expenses, depreciation_amortisation,
       ebit, interest, tax, net_income,
       operating_cash_flow, shares_outstanding, market_value
from statement
where seller_id = (select current_seller())
