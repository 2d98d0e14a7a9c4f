-- How grades moved: buyers (per currency) by their newest grade on $since and on $as_of. NULL: not
-- scored by then.
WITH placed AS (
  SELECT
    buyer_id,
    currency,
    grade,
    CASE WHEN scored_on <= CAST($since AS DATE) THEN 1 ELSE 0 END AS is_before,
    ROW_NUMBER() OVER (PARTITION BY buyer_id, currency ORDER BY scored_on DESC) AS place,
    ROW_NUMBER() OVER (
      PARTITION BY buyer_id, currency, CASE WHEN scored_on <= CAST($since AS DATE) THEN 1 ELSE 0 END
      ORDER BY scored_on DESC
    ) AS place_on_side
  FROM score
  WHERE scored_on <= CAST($as_of AS DATE)
),
moved AS (
  SELECT
    buyer_id,
    currency,
    CAST(MAX(CASE WHEN is_before = 1 AND place_on_side = 1 THEN grade END) AS BIGINT) AS before_grade,
    CAST(MAX(CASE WHEN place = 1 THEN grade END) AS BIGINT) AS after_grade
  FROM placed
  GROUP BY buyer_id, currency
)
SELECT before_grade, after_grade, COUNT(*) AS buyers
FROM moved
GROUP BY before_grade, after_grade
ORDER BY before_grade, after_grade
