-- What came of the cohort of `watched` until $as_of: by grade and default probability, the number of buyers
-- and of those that defaulted. A default is an invoice newly more than 90 days past due, or a buyer that is lost;
-- who was in default on the day of the cohort is left out.
WITH became AS (
  SELECT
    w.buyer_id,
    w.currency,
    MAX(w.grade) AS grade,
    MAX(w.pd) AS pd,
    MAX(CASE WHEN l.lost_on <= w.seen_on THEN 1
             WHEN date_diff('day', i.due_on, w.seen_on) > 90
              AND (CASE WHEN i.settled_on IS NULL THEN i.open_minor > 0
                        ELSE i.settled_on > w.seen_on END)
             THEN 1 ELSE 0 END) AS was_in_default,
    MAX(CASE WHEN l.lost_on <= $as_of THEN 1
             WHEN date_diff('day', i.due_on, w.seen_on) <= 90
              AND date_diff('day', i.due_on, CAST($as_of AS DATE)) > 90
              AND (CASE WHEN i.settled_on IS NULL THEN i.open_minor > 0
                        ELSE date_diff('day', i.due_on, i.settled_on) > 90 END)
             THEN 1 ELSE 0 END) AS defaulted
  FROM watched AS w
  LEFT JOIN item AS i
    ON i.buyer = CAST(w.buyer_id AS VARCHAR) AND i.currency = w.currency AND i.amount_minor > 0
  LEFT JOIN lost AS l ON l.buyer = CAST(w.buyer_id AS VARCHAR)
  WHERE w.side = 'cohort'
  GROUP BY w.buyer_id, w.currency
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
