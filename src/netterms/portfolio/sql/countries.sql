-- Open balance by the buyers' country ('' when it is not given), largest first.
SELECT
  currency,
  country,
  open_minor
FROM (
  SELECT
    currency,
    country,
    CAST(SUM(open_minor) AS BIGINT) AS open_minor
  FROM item
  WHERE open_minor > 0
  GROUP BY currency, country
) AS owed
ORDER BY currency, open_minor DESC, country
