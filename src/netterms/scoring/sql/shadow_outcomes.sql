-- What came of the buyers since challenger $version first scored them, for both cards: by default
-- probability (of that day's score), the number of buyers and those that defaulted until $as_of.
-- Who was in default on the first day is left out.
WITH placed AS (
  SELECT
    c.buyer_id,
    c.currency,
    c.scored_on,
    c.pd AS challenger_pd,
    s.pd AS champion_pd,
    ROW_NUMBER() OVER (PARTITION BY c.buyer_id, c.currency ORDER BY c.scored_on, s.scored_on DESC) AS place
  FROM shadow_score AS c
  JOIN score AS s ON s.buyer_id = c.buyer_id AND s.currency = c.currency AND s.scored_on <= c.scored_on
  WHERE c.version = $version AND c.scored_on <= CAST($as_of AS DATE) AND c.grade < 10
),
first_seen AS (
  SELECT
    CAST(buyer_id AS VARCHAR) AS buyer,
    CAST(currency AS VARCHAR) AS currency,
    scored_on AS seen_on,
    CAST($as_of AS DATE) AS until_on,
    challenger_pd,
    champion_pd
  FROM placed
  WHERE place = 1
),
became AS (
  SELECT
    c.buyer,
    c.currency,
    MAX(c.challenger_pd) AS challenger_pd,
    MAX(c.champion_pd) AS champion_pd,
/* became_default.sql */
  FROM first_seen AS c
  LEFT JOIN item AS i ON i.buyer = c.buyer AND i.currency = c.currency AND i.amount_minor > 0
  LEFT JOIN lost AS l ON l.buyer = c.buyer
  GROUP BY c.buyer, c.currency
)
SELECT 'champion' AS card, champion_pd AS pd, COUNT(*) AS buyers, CAST(SUM(defaulted) AS BIGINT) AS defaults
FROM became
WHERE was_in_default = 0
GROUP BY champion_pd
UNION ALL
SELECT 'challenger' AS card, challenger_pd AS pd, COUNT(*) AS buyers, CAST(SUM(defaulted) AS BIGINT) AS defaults
FROM became
WHERE was_in_default = 0
GROUP BY challenger_pd
ORDER BY card, pd
