-- Twice the median limit that other suppliers give a buyer, by currency (SCR-10): one row each.
--
-- It reads the relation `reference`: one row a limit told, `entered` its order. Of each supplier the newest
-- counts, one year at most, and none where it gives nothing any more. A median of two may be half a
-- minor unit, so it comes doubled: the two in the middle together, or the one twice.
WITH told AS (
  SELECT
    buyer, currency, limit_minor, given_on,
    ROW_NUMBER() OVER (PARTITION BY buyer, supplier ORDER BY given_on DESC, entered DESC) AS newest
  FROM reference
  WHERE given_on <= $as_of
),
placed AS (
  SELECT
    buyer, currency, limit_minor,
    ROW_NUMBER() OVER (PARTITION BY buyer, currency ORDER BY limit_minor) AS place,
    COUNT(*) OVER (PARTITION BY buyer, currency) AS standing
  FROM told
  WHERE newest = 1 AND limit_minor IS NOT NULL AND given_on > $since
)
SELECT
  buyer, currency,
  CAST(MIN(CASE WHEN 2 * place >= standing THEN limit_minor END)
       + MAX(CASE WHEN 2 * (place - 1) <= standing THEN limit_minor END) AS BIGINT) AS median_reference_doubled
FROM placed
GROUP BY buyer, currency
