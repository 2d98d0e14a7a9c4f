-- What the Herfindahl-Hirschman index (AR-14) is made of: buyers that owe, their sum, and the sum of
-- their squares (whole numbers below 10^38).
SELECT
  currency,
  COUNT(*) AS buyers,
  CAST(SUM(open_minor) AS BIGINT) AS open_minor,
  CAST(SUM(open_minor * open_minor) AS DECIMAL(38, 0)) AS squares
FROM (
  SELECT buyer, currency, CAST(SUM(open_minor) AS DECIMAL(19, 0)) AS open_minor
  FROM item
  WHERE open_minor > 0
  GROUP BY buyer, currency
) AS owed
GROUP BY currency
ORDER BY currency
