-- How much credit each buyer uses (TCI-06): sales after $since, those of its busiest calendar month, and the days
-- from invoice to money as really taken, weighted by amount. An open invoice counts the days it will take at the least.
-- NULL days: nothing was invoiced since.
SELECT
  buyer,
  currency,
  sales_minor,
  peak_minor,
  -- round_half_up(a / b) = floor((2a + b) / 2b), by a division without a rest.
  CAST(ROUND(CAST(2 * day_money + sales_minor - MOD(2 * day_money + sales_minor, 2 * sales_minor)
                  AS DOUBLE)
             / CAST(2 * sales_minor AS DOUBLE)) AS BIGINT) AS credit_days
FROM (
  SELECT
    buyer,
    currency,
    SUM(month_minor) AS sales_minor,
    MAX(month_minor) AS peak_minor,
    SUM(day_money) AS day_money
  FROM (
    SELECT
      buyer,
      currency,
      CAST(SUM(amount_minor) AS DECIMAL(38, 0)) AS month_minor,
      SUM(CAST(amount_minor AS DECIMAL(38, 0))
          * GREATEST(0, date_diff('day', issued_on,
                                  COALESCE(settled_on, GREATEST(due_on, CAST($as_of AS DATE))))))
        AS day_money
    FROM item
    WHERE amount_minor > 0 AND issued_on > $since
    GROUP BY buyer, currency, EXTRACT(YEAR FROM issued_on), EXTRACT(MONTH FROM issued_on)
  ) AS months
  GROUP BY buyer, currency
) AS used
ORDER BY buyer, currency
