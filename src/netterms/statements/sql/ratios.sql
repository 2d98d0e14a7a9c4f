-- The ratios of each buyer's latest annual accounts: one row a buyer, NULL where not computable.
-- Written by statements/rules_sql.py from the ratios of statements/rules.py; a test compares them.
--
-- It reads the relation `accounts`: one row a version of a statement, an item a column in minor
-- units. Of versions known on $as_of the latest period counts, the company's own before the
-- group's, the longer before the shorter, the last version.
-- Ratios are whole-number divisions, rounded half away from zero: Python agrees exactly.
-- Each OFFSET 0 keeps PostgreSQL from working out a row's values anew for every use of them.
WITH known AS (
  SELECT
    *,
    ROW_NUMBER() OVER (
      PARTITION BY buyer ORDER BY period_end DESC, consolidated, months DESC, version DESC
    ) AS place
  FROM accounts
  WHERE known_on <= $as_of AND period_end <= $as_of
),
fractions AS (
  -- Every ratio as numerator (with its decimals in it) over denominator, NULL where there is none.
  SELECT
    buyer,
    period_end,
    10000 * (CAST(current_assets AS DECIMAL(38, 0)) - CAST(current_liabilities AS DECIMAL(38, 0))) AS working_capital_to_assets_top,
    CASE WHEN total_assets > 0 THEN CAST(total_assets AS DECIMAL(38, 0)) END AS working_capital_to_assets_bottom,
    10000 * CAST(retained_earnings AS DECIMAL(38, 0)) AS retained_earnings_to_assets_top,
    CASE WHEN total_assets > 0 THEN CAST(total_assets AS DECIMAL(38, 0)) END AS retained_earnings_to_assets_bottom,
    120000 * CAST(ebit AS DECIMAL(38, 0)) AS ebit_to_assets_top,
    months * (CASE WHEN total_assets > 0 THEN CAST(total_assets AS DECIMAL(38, 0)) END) AS ebit_to_assets_bottom,
    10000 * CAST(equity AS DECIMAL(38, 0)) AS equity_to_liabilities_top,
    CASE WHEN total_liabilities > 0 THEN CAST(total_liabilities AS DECIMAL(38, 0)) END AS equity_to_liabilities_bottom,
    120000 * CAST(revenue AS DECIMAL(38, 0)) AS sales_to_assets_top,
    months * (CASE WHEN total_assets > 0 THEN CAST(total_assets AS DECIMAL(38, 0)) END) AS sales_to_assets_bottom,
    10000 * CAST(total_liabilities AS DECIMAL(38, 0)) AS liabilities_to_assets_top,
    CASE WHEN total_assets > 0 THEN CAST(total_assets AS DECIMAL(38, 0)) END AS liabilities_to_assets_bottom,
    120000 * CAST(net_income AS DECIMAL(38, 0)) AS net_income_to_assets_top,
    months * (CASE WHEN total_assets > 0 THEN CAST(total_assets AS DECIMAL(38, 0)) END) AS net_income_to_assets_bottom,
    10000 * CAST(current_assets AS DECIMAL(38, 0)) AS current_ratio_top,
    CASE WHEN current_liabilities > 0 THEN CAST(current_liabilities AS DECIMAL(38, 0)) END AS current_ratio_bottom,
    10000 * (CAST(current_assets AS DECIMAL(38, 0)) - CAST(inventory AS DECIMAL(38, 0))) AS quick_ratio_top,
    CASE WHEN current_liabilities > 0 THEN CAST(current_liabilities AS DECIMAL(38, 0)) END AS quick_ratio_bottom,
    10000 * CAST(ebit AS DECIMAL(38, 0)) AS ebit_margin_top,
    CASE WHEN revenue > 0 THEN CAST(revenue AS DECIMAL(38, 0)) END AS ebit_margin_bottom,
    10000 * CAST(gross_profit AS DECIMAL(38, 0)) AS gross_margin_top,
    CASE WHEN revenue > 0 THEN CAST(revenue AS DECIMAL(38, 0)) END AS gross_margin_bottom,
    120000 * (CAST(net_income AS DECIMAL(38, 0)) + CAST(depreciation_amortisation AS DECIMAL(38, 0))) AS ffo_to_liabilities_top,
    months * (CASE WHEN total_liabilities > 0 THEN CAST(total_liabilities AS DECIMAL(38, 0)) END) AS ffo_to_liabilities_bottom,
    10000 * CAST(long_term_debt AS DECIMAL(38, 0)) AS long_term_debt_to_assets_top,
    CASE WHEN total_assets > 0 THEN CAST(total_assets AS DECIMAL(38, 0)) END AS long_term_debt_to_assets_bottom,
    CAST(receivables AS DECIMAL(38, 0)) * 3650 * months AS receivable_days_top,
    12 * (CASE WHEN revenue > 0 THEN CAST(revenue AS DECIMAL(38, 0)) END) AS receivable_days_bottom,
    CAST(inventory AS DECIMAL(38, 0)) * 3650 * months AS inventory_days_top,
    12 * (CASE WHEN cost_of_goods_sold > 0 THEN CAST(cost_of_goods_sold AS DECIMAL(38, 0)) END) AS inventory_days_bottom
  FROM known
  WHERE place = 1
  OFFSET 0
),
capped AS (
  -- Beyond a hundred million a ratio says no more.
  SELECT
    buyer,
    period_end,
    CASE WHEN working_capital_to_assets_top > 1000000000000 * working_capital_to_assets_bottom THEN 1000000000000 * working_capital_to_assets_bottom
         WHEN working_capital_to_assets_top < -1000000000000 * working_capital_to_assets_bottom THEN -1000000000000 * working_capital_to_assets_bottom
         ELSE working_capital_to_assets_top END AS working_capital_to_assets_top,
    working_capital_to_assets_bottom,
    CASE WHEN retained_earnings_to_assets_top > 1000000000000 * retained_earnings_to_assets_bottom THEN 1000000000000 * retained_earnings_to_assets_bottom
         WHEN retained_earnings_to_assets_top < -1000000000000 * retained_earnings_to_assets_bottom THEN -1000000000000 * retained_earnings_to_assets_bottom
         ELSE retained_earnings_to_assets_top END AS retained_earnings_to_assets_top,
    retained_earnings_to_assets_bottom,
    CASE WHEN ebit_to_assets_top > 1000000000000 * ebit_to_assets_bottom THEN 1000000000000 * ebit_to_assets_bottom
         WHEN ebit_to_assets_top < -1000000000000 * ebit_to_assets_bottom THEN -1000000000000 * ebit_to_assets_bottom
         ELSE ebit_to_assets_top END AS ebit_to_assets_top,
    ebit_to_assets_bottom,
    CASE WHEN equity_to_liabilities_top > 1000000000000 * equity_to_liabilities_bottom THEN 1000000000000 * equity_to_liabilities_bottom
         WHEN equity_to_liabilities_top < -1000000000000 * equity_to_liabilities_bottom THEN -1000000000000 * equity_to_liabilities_bottom
         ELSE equity_to_liabilities_top END AS equity_to_liabilities_top,
    equity_to_liabilities_bottom,
    CASE WHEN sales_to_assets_top > 1000000000000 * sales_to_assets_bottom THEN 1000000000000 * sales_to_assets_bottom
         WHEN sales_to_assets_top < -1000000000000 * sales_to_assets_bottom THEN -1000000000000 * sales_to_assets_bottom
         ELSE sales_to_assets_top END AS sales_to_assets_top,
    sales_to_assets_bottom,
    CASE WHEN liabilities_to_assets_top > 1000000000000 * liabilities_to_assets_bottom THEN 1000000000000 * liabilities_to_assets_bottom
         WHEN liabilities_to_assets_top < -1000000000000 * liabilities_to_assets_bottom THEN -1000000000000 * liabilities_to_assets_bottom
         ELSE liabilities_to_assets_top END AS liabilities_to_assets_top,
    liabilities_to_assets_bottom,
    CASE WHEN net_income_to_assets_top > 1000000000000 * net_income_to_assets_bottom THEN 1000000000000 * net_income_to_assets_bottom
         WHEN net_income_to_assets_top < -1000000000000 * net_income_to_assets_bottom THEN -1000000000000 * net_income_to_assets_bottom
         ELSE net_income_to_assets_top END AS net_income_to_assets_top,
    net_income_to_assets_bottom,
    CASE WHEN current_ratio_top > 1000000000000 * current_ratio_bottom THEN 1000000000000 * current_ratio_bottom
         WHEN current_ratio_top < -1000000000000 * current_ratio_bottom THEN -1000000000000 * current_ratio_bottom
         ELSE current_ratio_top END AS current_ratio_top,
    current_ratio_bottom,
    CASE WHEN quick_ratio_top > 1000000000000 * quick_ratio_bottom THEN 1000000000000 * quick_ratio_bottom
         WHEN quick_ratio_top < -1000000000000 * quick_ratio_bottom THEN -1000000000000 * quick_ratio_bottom
         ELSE quick_ratio_top END AS quick_ratio_top,
    quick_ratio_bottom,
    CASE WHEN ebit_margin_top > 1000000000000 * ebit_margin_bottom THEN 1000000000000 * ebit_margin_bottom
         WHEN ebit_margin_top < -1000000000000 * ebit_margin_bottom THEN -1000000000000 * ebit_margin_bottom
         ELSE ebit_margin_top END AS ebit_margin_top,
    ebit_margin_bottom,
    CASE WHEN gross_margin_top > 1000000000000 * gross_margin_bottom THEN 1000000000000 * gross_margin_bottom
         WHEN gross_margin_top < -1000000000000 * gross_margin_bottom THEN -1000000000000 * gross_margin_bottom
         ELSE gross_margin_top END AS gross_margin_top,
    gross_margin_bottom,
    CASE WHEN ffo_to_liabilities_top > 1000000000000 * ffo_to_liabilities_bottom THEN 1000000000000 * ffo_to_liabilities_bottom
         WHEN ffo_to_liabilities_top < -1000000000000 * ffo_to_liabilities_bottom THEN -1000000000000 * ffo_to_liabilities_bottom
         ELSE ffo_to_liabilities_top END AS ffo_to_liabilities_top,
    ffo_to_liabilities_bottom,
    CASE WHEN long_term_debt_to_assets_top > 1000000000000 * long_term_debt_to_assets_bottom THEN 1000000000000 * long_term_debt_to_assets_bottom
         WHEN long_term_debt_to_assets_top < -1000000000000 * long_term_debt_to_assets_bottom THEN -1000000000000 * long_term_debt_to_assets_bottom
         ELSE long_term_debt_to_assets_top END AS long_term_debt_to_assets_top,
    long_term_debt_to_assets_bottom,
    CASE WHEN receivable_days_top > 1000000000 * receivable_days_bottom THEN 1000000000 * receivable_days_bottom
         WHEN receivable_days_top < -1000000000 * receivable_days_bottom THEN -1000000000 * receivable_days_bottom
         ELSE receivable_days_top END AS receivable_days_top,
    receivable_days_bottom,
    CASE WHEN inventory_days_top > 1000000000 * inventory_days_bottom THEN 1000000000 * inventory_days_bottom
         WHEN inventory_days_top < -1000000000 * inventory_days_bottom THEN -1000000000 * inventory_days_bottom
         ELSE inventory_days_top END AS inventory_days_top,
    inventory_days_bottom
  FROM fractions
  OFFSET 0
)
-- round_half_up(a / b) = floor((2a + b) / 2b) for a, b > 0; floor(x / y) = (x - mod(x, y)) / y is a
-- division without a rest, so ROUND only takes the noise of binary numbers off it.
SELECT
  buyer,
  CAST(SIGN(working_capital_to_assets_top) * ROUND(CAST(2 * ABS(working_capital_to_assets_top) + working_capital_to_assets_bottom - MOD(2 * ABS(working_capital_to_assets_top) + working_capital_to_assets_bottom, 2 * working_capital_to_assets_bottom) AS DOUBLE)
    / CAST(2 * working_capital_to_assets_bottom AS DOUBLE)) / 10000
    AS DECIMAL(18, 4)) AS working_capital_to_assets,
  CAST(SIGN(retained_earnings_to_assets_top) * ROUND(CAST(2 * ABS(retained_earnings_to_assets_top) + retained_earnings_to_assets_bottom - MOD(2 * ABS(retained_earnings_to_assets_top) + retained_earnings_to_assets_bottom, 2 * retained_earnings_to_assets_bottom) AS DOUBLE)
    / CAST(2 * retained_earnings_to_assets_bottom AS DOUBLE)) / 10000
    AS DECIMAL(18, 4)) AS retained_earnings_to_assets,
  CAST(SIGN(ebit_to_assets_top) * ROUND(CAST(2 * ABS(ebit_to_assets_top) + ebit_to_assets_bottom - MOD(2 * ABS(ebit_to_assets_top) + ebit_to_assets_bottom, 2 * ebit_to_assets_bottom) AS DOUBLE)
    / CAST(2 * ebit_to_assets_bottom AS DOUBLE)) / 10000
    AS DECIMAL(18, 4)) AS ebit_to_assets,
  CAST(SIGN(equity_to_liabilities_top) * ROUND(CAST(2 * ABS(equity_to_liabilities_top) + equity_to_liabilities_bottom - MOD(2 * ABS(equity_to_liabilities_top) + equity_to_liabilities_bottom, 2 * equity_to_liabilities_bottom) AS DOUBLE)
    / CAST(2 * equity_to_liabilities_bottom AS DOUBLE)) / 10000
    AS DECIMAL(18, 4)) AS equity_to_liabilities,
  CAST(SIGN(sales_to_assets_top) * ROUND(CAST(2 * ABS(sales_to_assets_top) + sales_to_assets_bottom - MOD(2 * ABS(sales_to_assets_top) + sales_to_assets_bottom, 2 * sales_to_assets_bottom) AS DOUBLE)
    / CAST(2 * sales_to_assets_bottom AS DOUBLE)) / 10000
    AS DECIMAL(18, 4)) AS sales_to_assets,
  CAST(SIGN(liabilities_to_assets_top) * ROUND(CAST(2 * ABS(liabilities_to_assets_top) + liabilities_to_assets_bottom - MOD(2 * ABS(liabilities_to_assets_top) + liabilities_to_assets_bottom, 2 * liabilities_to_assets_bottom) AS DOUBLE)
    / CAST(2 * liabilities_to_assets_bottom AS DOUBLE)) / 10000
    AS DECIMAL(18, 4)) AS liabilities_to_assets,
  CAST(SIGN(net_income_to_assets_top) * ROUND(CAST(2 * ABS(net_income_to_assets_top) + net_income_to_assets_bottom - MOD(2 * ABS(net_income_to_assets_top) + net_income_to_assets_bottom, 2 * net_income_to_assets_bottom) AS DOUBLE)
    / CAST(2 * net_income_to_assets_bottom AS DOUBLE)) / 10000
    AS DECIMAL(18, 4)) AS net_income_to_assets,
  CAST(SIGN(current_ratio_top) * ROUND(CAST(2 * ABS(current_ratio_top) + current_ratio_bottom - MOD(2 * ABS(current_ratio_top) + current_ratio_bottom, 2 * current_ratio_bottom) AS DOUBLE)
    / CAST(2 * current_ratio_bottom AS DOUBLE)) / 10000
    AS DECIMAL(18, 4)) AS current_ratio,
  CAST(SIGN(quick_ratio_top) * ROUND(CAST(2 * ABS(quick_ratio_top) + quick_ratio_bottom - MOD(2 * ABS(quick_ratio_top) + quick_ratio_bottom, 2 * quick_ratio_bottom) AS DOUBLE)
    / CAST(2 * quick_ratio_bottom AS DOUBLE)) / 10000
    AS DECIMAL(18, 4)) AS quick_ratio,
  CAST(SIGN(ebit_margin_top) * ROUND(CAST(2 * ABS(ebit_margin_top) + ebit_margin_bottom - MOD(2 * ABS(ebit_margin_top) + ebit_margin_bottom, 2 * ebit_margin_bottom) AS DOUBLE)
    / CAST(2 * ebit_margin_bottom AS DOUBLE)) / 10000
    AS DECIMAL(18, 4)) AS ebit_margin,
  CAST(SIGN(gross_margin_top) * ROUND(CAST(2 * ABS(gross_margin_top) + gross_margin_bottom - MOD(2 * ABS(gross_margin_top) + gross_margin_bottom, 2 * gross_margin_bottom) AS DOUBLE)
    / CAST(2 * gross_margin_bottom AS DOUBLE)) / 10000
    AS DECIMAL(18, 4)) AS gross_margin,
  CAST(SIGN(ffo_to_liabilities_top) * ROUND(CAST(2 * ABS(ffo_to_liabilities_top) + ffo_to_liabilities_bottom - MOD(2 * ABS(ffo_to_liabilities_top) + ffo_to_liabilities_bottom, 2 * ffo_to_liabilities_bottom) AS DOUBLE)
    / CAST(2 * ffo_to_liabilities_bottom AS DOUBLE)) / 10000
    AS DECIMAL(18, 4)) AS ffo_to_liabilities,
  CAST(SIGN(long_term_debt_to_assets_top) * ROUND(CAST(2 * ABS(long_term_debt_to_assets_top) + long_term_debt_to_assets_bottom - MOD(2 * ABS(long_term_debt_to_assets_top) + long_term_debt_to_assets_bottom, 2 * long_term_debt_to_assets_bottom) AS DOUBLE)
    / CAST(2 * long_term_debt_to_assets_bottom AS DOUBLE)) / 10000
    AS DECIMAL(18, 4)) AS long_term_debt_to_assets,
  CAST(SIGN(receivable_days_top) * ROUND(CAST(2 * ABS(receivable_days_top) + receivable_days_bottom - MOD(2 * ABS(receivable_days_top) + receivable_days_bottom, 2 * receivable_days_bottom) AS DOUBLE)
    / CAST(2 * receivable_days_bottom AS DOUBLE)) / 10
    AS DECIMAL(18, 1)) AS receivable_days,
  CAST(SIGN(inventory_days_top) * ROUND(CAST(2 * ABS(inventory_days_top) + inventory_days_bottom - MOD(2 * ABS(inventory_days_top) + inventory_days_bottom, 2 * inventory_days_bottom) AS DOUBLE)
    / CAST(2 * inventory_days_bottom AS DOUBLE)) / 10
    AS DECIMAL(18, 1)) AS inventory_days,
  CAST(12 * (EXTRACT(YEAR FROM CAST($as_of AS DATE) + INTERVAL 1 DAY)
             - EXTRACT(YEAR FROM period_end + INTERVAL 1 DAY))
    + EXTRACT(MONTH FROM CAST($as_of AS DATE) + INTERVAL 1 DAY)
    - EXTRACT(MONTH FROM period_end + INTERVAL 1 DAY)
    - CASE WHEN EXTRACT(DAY FROM CAST($as_of AS DATE) + INTERVAL 1 DAY)
                < EXTRACT(DAY FROM period_end + INTERVAL 1 DAY) THEN 1 ELSE 0 END AS BIGINT)
    AS statement_age_months
FROM capped
