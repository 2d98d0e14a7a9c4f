-- Whom to chase: every buyer with an invoice past due, the last stage of the ladder first, then the
-- most money (bounds of collection.rules.stage).
SELECT
  *,
  CASE WHEN oldest_days_past_due >= 91 THEN 4
       WHEN oldest_days_past_due >= 61 THEN 3
       WHEN oldest_days_past_due >= 31 THEN 2
       ELSE 1 END AS stage
FROM (
  SELECT
    buyer,
    currency,
    MAX(buyer_name) AS name,
    COUNT(*) AS invoices,
    CAST(SUM(open_minor) AS BIGINT) AS overdue_minor,
    CAST(MAX(date_diff('day', due_on, CAST($as_of AS DATE))) AS BIGINT) AS oldest_days_past_due,
    COUNT(CASE WHEN date_diff('day', due_on, CAST($as_of AS DATE)) >= 91 THEN 1 END)
      AS over_90_count
  FROM item
  WHERE open_minor > 0 AND due_on < $as_of
  GROUP BY buyer, currency
) AS late
ORDER BY currency, stage DESC, overdue_minor DESC, buyer
