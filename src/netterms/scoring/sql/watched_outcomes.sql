-- What came of the cohort of `watched` until $as_of: by grade and default probability, the number of buyers
-- and of those that defaulted. Who was in default on the day of the cohort is left out.
WITH cohort AS (
  SELECT
    CAST(buyer_id AS VARCHAR) AS buyer,
    currency,
    grade,
    pd,
    seen_on,
    CAST($as_of AS DATE) AS until_on
  FROM watched
  WHERE side = 'cohort'
),
became AS (
  SELECT
    c.buyer,
    c.currency,
    MAX(c.grade) AS grade,
    MAX(c.pd) AS pd,
/* became_default.sql */
  FROM cohort AS c
  LEFT JOIN item AS i ON i.buyer = c.buyer AND i.currency = c.currency AND i.amount_minor > 0
  LEFT JOIN lost AS l ON l.buyer = c.buyer
  GROUP BY c.buyer, c.currency
)
SELECT
  CAST(grade AS BIGINT) AS grade,
  pd,
  COUNT(*) AS buyers,
  CAST(SUM(defaulted) AS BIGINT) AS defaults
FROM became
WHERE was_in_default = 0
GROUP BY grade, pd
ORDER BY grade, pd
