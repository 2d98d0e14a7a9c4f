-- Every buyer in every currency it was invoiced in: what it owes and how late it is.
-- `stage` is the buyer's place on the collection ladder by its oldest open invoice (the bounds of
-- collection.rules.stage; small balances count here).
SELECT
  *,
  CASE WHEN oldest_days_past_due >= 91 THEN 4
       WHEN oldest_days_past_due >= 61 THEN 3
       WHEN oldest_days_past_due >= 31 THEN 2
       WHEN oldest_days_past_due >= 1 THEN 1
       ELSE 0 END AS stage
FROM (
  SELECT
    buyer,
    currency,
    MAX(buyer_name) AS name,
    MAX(country) AS country,
    COUNT(CASE WHEN open_minor > 0 THEN 1 END) AS open_count,
    COUNT(CASE WHEN open_minor > 0 AND due_on < $as_of THEN 1 END) AS overdue_count,
    CAST(SUM(CASE WHEN open_minor > 0 THEN open_minor ELSE 0 END) AS BIGINT) AS open_minor,
    CAST(SUM(CASE WHEN open_minor > 0 AND due_on < $as_of THEN open_minor ELSE 0 END) AS BIGINT)
      AS overdue_minor,
    CAST(SUM(CASE WHEN open_minor < 0 THEN open_minor ELSE 0 END) AS BIGINT) AS credits_minor,
    CAST(COALESCE(date_diff('day', MIN(CASE WHEN open_minor > 0 AND due_on < $as_of THEN due_on END),
                            CAST($as_of AS DATE)), 0) AS BIGINT) AS oldest_days_past_due
  FROM item
  GROUP BY buyer, currency
) AS owed
ORDER BY currency, open_minor DESC, buyer
