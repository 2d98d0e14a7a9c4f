-- Open balance by the buyers' country ('' when it is not given), largest first.
SELECT
  currency,
  country,
  CAST(SUM(open_minor) AS BIGINT) AS open_minor
FROM item
WHERE open_minor > 0
GROUP BY currency, country
ORDER BY currency, CAST(SUM(open_minor) AS BIGINT) DESC, country
