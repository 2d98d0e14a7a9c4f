-- What became of each buyer, per currency, between $since (the day it is scored) and $as_of (the end of the horizon).
WITH became AS (
  SELECT
    i.buyer,
    i.currency,
/* became_default.sql */
  FROM item AS i
  CROSS JOIN (SELECT CAST($since AS DATE) AS seen_on, CAST($as_of AS DATE) AS until_on) AS c
  LEFT JOIN lost AS l ON l.buyer = i.buyer
  WHERE i.amount_minor > 0
  GROUP BY i.buyer, i.currency
)
SELECT
  buyer,
  currency,
  CAST(was_in_default AS BIGINT) AS was_in_default,
  CAST(defaulted AS BIGINT) AS defaulted
FROM became
