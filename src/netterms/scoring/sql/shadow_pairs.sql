-- Grades of the card in force against those of challenger $version: each buyer's (per currency) newest
-- score of the challenger until $as_of, beside the score in force on that day.
WITH newest AS (
  SELECT buyer_id, currency, scored_on, grade
  FROM (
    SELECT
      buyer_id,
      currency,
      scored_on,
      grade,
      ROW_NUMBER() OVER (PARTITION BY buyer_id, currency ORDER BY scored_on DESC) AS place
    FROM shadow_score
    WHERE version = $version AND scored_on <= CAST($as_of AS DATE)
  ) AS placed
  WHERE place = 1
),
in_force AS (
  SELECT
    n.buyer_id,
    n.currency,
    n.grade AS after_grade,
    s.grade AS before_grade,
    ROW_NUMBER() OVER (PARTITION BY n.buyer_id, n.currency ORDER BY s.scored_on DESC) AS place
  FROM newest AS n
  JOIN score AS s ON s.buyer_id = n.buyer_id AND s.currency = n.currency AND s.scored_on <= n.scored_on
)
SELECT
  CAST(before_grade AS BIGINT) AS before_grade,
  CAST(after_grade AS BIGINT) AS after_grade,
  COUNT(*) AS buyers
FROM in_force
WHERE place = 1
GROUP BY before_grade, after_grade
ORDER BY before_grade, after_grade
