-- The book at a glance: one row a currency. Open means owed to the seller; credits are negative.
SELECT
  currency,
  COUNT(*) AS items,
  MIN(issued_on) AS first_issued_on,
  MAX(issued_on) AS last_issued_on,
  COUNT(CASE WHEN amount_minor > 0 AND settled_on IS NOT NULL THEN 1 END) AS settled_count,
  COUNT(CASE WHEN open_minor > 0 THEN 1 END) AS open_count,
  COUNT(CASE WHEN open_minor > 0 AND due_on < $as_of THEN 1 END) AS overdue_count,
  COUNT(CASE WHEN open_minor < 0 THEN 1 END) AS credits_count,
  CAST(SUM(CASE WHEN open_minor > 0 THEN open_minor ELSE 0 END) AS BIGINT) AS open_minor,
  CAST(SUM(CASE WHEN open_minor > 0 AND due_on < $as_of THEN open_minor ELSE 0 END) AS BIGINT)
    AS overdue_minor,
  CAST(SUM(CASE WHEN open_minor < 0 THEN open_minor ELSE 0 END) AS BIGINT) AS credits_minor
FROM item
GROUP BY currency
ORDER BY currency
