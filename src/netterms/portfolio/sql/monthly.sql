-- Month by month, one row a currency and calendar month in which anything happened: invoices issued,
-- invoices settled, and how many of those due in the month were late (as in late_rate.sql).
-- Summed by day first: there are few days, so that the month of a day is looked up few times.
SELECT
  currency,
  month,
  CAST(SUM(sales_minor) AS BIGINT) AS sales_minor,
  CAST(SUM(collected_minor) AS BIGINT) AS collected_minor,
  CAST(SUM(judged_count) AS BIGINT) AS judged_count,
  CAST(SUM(late_count) AS BIGINT) AS late_count
FROM (
  SELECT
    currency,
    CAST(date_trunc('month', happened_on) AS DATE) AS month,
    sales_minor,
    collected_minor,
    judged_count,
    late_count
  FROM (
    SELECT
      currency,
      issued_on AS happened_on,
      SUM(amount_minor) AS sales_minor,
      0 AS collected_minor,
      0 AS judged_count,
      0 AS late_count
    FROM item
    WHERE amount_minor > 0
    GROUP BY currency, issued_on
    UNION ALL
    SELECT
      currency,
      settled_on AS happened_on,
      0 AS sales_minor,
      SUM(amount_minor) AS collected_minor,
      0 AS judged_count,
      0 AS late_count
    FROM item
    WHERE amount_minor > 0 AND settled_on IS NOT NULL
    GROUP BY currency, settled_on
    UNION ALL
    SELECT
      currency,
      due_on AS happened_on,
      0 AS sales_minor,
      0 AS collected_minor,
      COUNT(*) AS judged_count,
      COUNT(CASE WHEN COALESCE(settled_on, CAST($as_of AS DATE)) > due_on THEN 1 END) AS late_count
    FROM item
    -- Paid before a due date yet to come is no late rate of a month yet to come.
    WHERE amount_minor > 0 AND due_on <= $as_of
      AND (settled_on IS NOT NULL OR (open_minor > 0 AND due_on < $as_of))
    GROUP BY currency, due_on
  ) AS days
) AS happened
GROUP BY currency, month
ORDER BY currency, month
