-- What became of each buyer, per currency, between $since (the day it is scored) and $as_of (the
-- end of the horizon): the default that cards forecast is an invoice more than 90 days past due,
-- or a buyer that is lost.
-- `was_in_default` says that it had one already on $since: it was nothing to forecast any more.
SELECT
  i.buyer,
  i.currency,
  CAST(MAX(CASE WHEN l.lost_on <= $since THEN 1
                WHEN date_diff('day', i.due_on, CAST($since AS DATE)) > 90
                 AND (i.settled_on IS NULL OR i.settled_on > $since) THEN 1 ELSE 0 END) AS BIGINT)
    AS was_in_default,
  CAST(MAX(CASE WHEN l.lost_on <= $as_of THEN 1
                WHEN date_diff('day', i.due_on, CAST($since AS DATE)) <= 90
                 AND date_diff('day', i.due_on, CAST($as_of AS DATE)) > 90
                 AND (CASE WHEN i.settled_on IS NULL THEN i.open_minor > 0
                           ELSE date_diff('day', i.due_on, i.settled_on) > 90 END)
                THEN 1 ELSE 0 END) AS BIGINT) AS defaulted
FROM item AS i
LEFT JOIN lost AS l ON l.buyer = i.buyer
WHERE i.amount_minor > 0
GROUP BY i.buyer, i.currency
