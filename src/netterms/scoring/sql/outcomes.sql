-- What became of each buyer, per currency, between $since (the day it is scored) and $as_of (the
-- end of the horizon): the default that cards forecast is an invoice more than 90 days past due.
-- `was_in_default` says that it had one already on $since: it was nothing to forecast any more.
SELECT
  buyer,
  currency,
  CAST(MAX(CASE WHEN date_diff('day', due_on, CAST($since AS DATE)) > 90
                 AND (settled_on IS NULL OR settled_on > $since) THEN 1 ELSE 0 END) AS BIGINT)
    AS was_in_default,
  CAST(MAX(CASE WHEN date_diff('day', due_on, CAST($since AS DATE)) <= 90
                 AND date_diff('day', due_on, CAST($as_of AS DATE)) > 90
                 AND (CASE WHEN settled_on IS NULL THEN open_minor > 0
                           ELSE date_diff('day', due_on, settled_on) > 90 END)
                THEN 1 ELSE 0 END) AS BIGINT) AS defaulted
FROM item
WHERE amount_minor > 0
GROUP BY buyer, currency
