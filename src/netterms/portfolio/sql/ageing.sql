-- What is open, by days past the due date (AR-06): one row a currency and bucket.
-- Credit notes and overpayments stand apart in the bucket 'credits', whatever their due date.
SELECT
  currency,
  bucket,
  COUNT(*) AS items,
  CAST(SUM(open_minor) AS BIGINT) AS open_minor
FROM (
  SELECT
    currency,
    open_minor,
    -- The bounds of portfolio.rules.ageing_bucket.
    CASE WHEN open_minor < 0 THEN 'credits'
         WHEN days_past_due <= 0 THEN 'current'
         WHEN days_past_due <= 30 THEN '1-30'
         WHEN days_past_due <= 60 THEN '31-60'
         WHEN days_past_due <= 90 THEN '61-90'
         WHEN days_past_due <= 120 THEN '91-120'
         ELSE 'over-120' END AS bucket
  FROM (
    SELECT currency, open_minor, date_diff('day', due_on, CAST($as_of AS DATE)) AS days_past_due
    FROM item
    WHERE open_minor <> 0
  ) AS aged
) AS placed
GROUP BY currency, bucket
ORDER BY currency, bucket
