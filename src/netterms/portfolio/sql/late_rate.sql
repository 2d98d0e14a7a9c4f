-- How many invoices are paid late: judged are those settled or past due, late those settled after
-- the due date or open past it. Amounts are the invoices' own; days late run to $as_of while open.
SELECT
  currency,
  COUNT(*) AS judged_count,
  COUNT(CASE WHEN days_late > 0 THEN 1 END) AS late_count,
  CAST(SUM(amount_minor) AS BIGINT) AS judged_minor,
  CAST(SUM(CASE WHEN days_late > 0 THEN amount_minor ELSE 0 END) AS BIGINT) AS late_minor,
  CAST(SUM(CASE WHEN days_late > 0 THEN days_late ELSE 0 END) AS BIGINT) AS late_days
FROM (
  SELECT
    currency,
    amount_minor,
    date_diff('day', due_on, COALESCE(settled_on, CAST($as_of AS DATE))) AS days_late
  FROM item
  WHERE amount_minor > 0 AND (settled_on IS NOT NULL OR (open_minor > 0 AND due_on < $as_of))
) AS judged
GROUP BY currency
ORDER BY currency
