-- What stored scores forecast and what came of it: by vintage (the month of a buyer's last score in
-- it, per currency) and grade, the number scored, the sum of their default probabilities, and the
-- defaults within 365 days after. Only scores whose year is over on $as_of.
-- Who was in default already on the day of the score is left out.
WITH placed AS (
  SELECT
    CAST(buyer_id AS VARCHAR) AS buyer,
    CAST(currency AS VARCHAR) AS currency,
    scored_on AS seen_on,
    CAST(scored_on + INTERVAL 365 DAY AS DATE) AS until_on,
    grade,
    pd,
    CAST(12 * EXTRACT(YEAR FROM scored_on) + EXTRACT(MONTH FROM scored_on) - 1 AS BIGINT) AS vintage,
    ROW_NUMBER() OVER (
      PARTITION BY buyer_id, currency, EXTRACT(YEAR FROM scored_on), EXTRACT(MONTH FROM scored_on)
      ORDER BY scored_on DESC
    ) AS place
  FROM score
  WHERE date_diff('day', scored_on, CAST($as_of AS DATE)) >= 365
),
became AS (
  SELECT
    c.vintage,
    c.buyer,
    c.currency,
    MAX(c.grade) AS grade,
    MAX(c.pd) AS pd,
/* became_default.sql */
  FROM placed AS c
  LEFT JOIN item AS i ON i.buyer = c.buyer AND i.currency = c.currency AND i.amount_minor > 0
  LEFT JOIN lost AS l ON l.buyer = c.buyer
  WHERE c.place = 1 AND c.grade < 10
  GROUP BY c.vintage, c.buyer, c.currency
)
SELECT
  vintage,
  CAST(grade AS BIGINT) AS grade,
  COUNT(*) AS buyers,
  CAST(SUM(pd) AS DECIMAL(18, 6)) AS expected,
  CAST(SUM(defaulted) AS BIGINT) AS defaults
FROM became
WHERE was_in_default = 0
GROUP BY vintage, grade
ORDER BY vintage, grade
