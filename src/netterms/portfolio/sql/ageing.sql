-- What is open, by days past the due date (AR-06): one row a currency and bucket.
-- Credit notes and overpayments stand apart in the bucket 'credits', whatever their due date.
SELECT
  currency,
  -- The bounds of portfolio.rules.ageing_bucket.
  CASE WHEN is_credit THEN 'credits'
       WHEN days_past_due <= 0 THEN 'current'
       WHEN days_past_due <= 30 THEN '1-30'
       WHEN days_past_due <= 60 THEN '31-60'
       WHEN days_past_due <= 90 THEN '61-90'
       WHEN days_past_due <= 120 THEN '91-120'
       ELSE 'over-120' END AS bucket,
  CAST(SUM(items) AS BIGINT) AS items,
  CAST(SUM(open_minor) AS BIGINT) AS open_minor
FROM (
  -- By due date first: few, and a database knows how few.
  SELECT currency, is_credit, date_diff('day', due_on, CAST($as_of AS DATE)) AS days_past_due,
         COUNT(*) AS items, SUM(open_minor) AS open_minor
  FROM (SELECT currency, due_on, open_minor, open_minor < 0 AS is_credit FROM item WHERE open_minor <> 0) AS open_items
  GROUP BY currency, due_on, is_credit
) AS aged
GROUP BY currency, bucket
ORDER BY currency, bucket
