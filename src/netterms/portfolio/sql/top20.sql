-- The 20 largest open balances of each currency with their running sum (AR-15).
-- Balances are by buyer: grouping by ultimate parent needs the buyers' groups.
SELECT currency, place, buyer, name, open_minor, overdue_minor, oldest_days_past_due,
       running_minor, total_minor
FROM (
  SELECT
    *,
    ROW_NUMBER() OVER (PARTITION BY currency ORDER BY open_minor DESC, buyer) AS place,
    CAST(SUM(open_minor) OVER (PARTITION BY currency ORDER BY open_minor DESC, buyer
                               ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS BIGINT)
      AS running_minor,
    CAST(SUM(open_minor) OVER (PARTITION BY currency) AS BIGINT) AS total_minor
  FROM (
    SELECT
      buyer,
      currency,
      MAX(buyer_name) AS name,
      CAST(SUM(open_minor) AS BIGINT) AS open_minor,
      CAST(SUM(CASE WHEN due_on < $as_of THEN open_minor ELSE 0 END) AS BIGINT) AS overdue_minor,
      CAST(GREATEST(0, MAX(date_diff('day', due_on, CAST($as_of AS DATE)))) AS BIGINT)
        AS oldest_days_past_due
    FROM item
    WHERE open_minor > 0
    GROUP BY buyer, currency
  ) AS owed
) AS placed
WHERE place <= 20
ORDER BY currency, place
