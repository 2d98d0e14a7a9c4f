-- What stored scores forecast and what came of it: by vintage (the month of a buyer's last score in
-- it, per currency) and grade, the number scored, the sum of their default probabilities, and the
-- defaults within 365 days after. Only scores whose year is over on $as_of.
-- A default is an invoice more than 90 days past due, or a buyer that is lost; who was in default already
-- on the day of the score is left out: there was nothing to forecast.
WITH placed AS (
  SELECT
    CAST(buyer_id AS VARCHAR) AS buyer,
    CAST(currency AS VARCHAR) AS currency,
    scored_on,
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
    s.vintage,
    s.buyer,
    s.currency,
    MAX(s.grade) AS grade,
    MAX(s.pd) AS pd,
    MAX(CASE WHEN l.lost_on <= s.scored_on THEN 1
             WHEN date_diff('day', i.due_on, s.scored_on) > 90
              AND (CASE WHEN i.settled_on IS NULL THEN i.open_minor > 0
                        ELSE i.settled_on > s.scored_on END)
             THEN 1 ELSE 0 END) AS was_in_default,
    MAX(CASE WHEN date_diff('day', s.scored_on, l.lost_on) <= 365 THEN 1
             WHEN date_diff('day', i.due_on, s.scored_on) BETWEEN -274 AND 90
              AND (CASE WHEN i.settled_on IS NULL THEN i.open_minor > 0
                        ELSE date_diff('day', i.due_on, i.settled_on) > 90 END)
             THEN 1 ELSE 0 END) AS defaulted
  FROM placed AS s
  LEFT JOIN item AS i ON i.buyer = s.buyer AND i.currency = s.currency AND i.amount_minor > 0
  LEFT JOIN lost AS l ON l.buyer = s.buyer
  WHERE s.place = 1 AND s.grade < 10
  GROUP BY s.vintage, s.buyer, s.currency
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
