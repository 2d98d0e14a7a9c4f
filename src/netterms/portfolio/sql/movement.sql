-- Receivables from the evening of $since to that of $as_of: one row a currency, invoices only.
-- It feeds DSO (AR-01), turnover (AR-04) and collection effectiveness (AR-05).
-- Payments in part have no date of their own here: they count as made before the period, so an
-- invoice still open opens the period with what is open of it.
SELECT
  currency,
  CAST(SUM(CASE WHEN issued_on <= $since AND settled_on > $since THEN amount_minor
                WHEN issued_on <= $since AND settled_on IS NULL THEN open_minor
                ELSE 0 END) AS BIGINT) AS opening_minor,
  CAST(SUM(CASE WHEN issued_on > $since THEN amount_minor ELSE 0 END) AS BIGINT) AS sales_minor,
  CAST(SUM(CASE WHEN settled_on IS NULL THEN open_minor ELSE 0 END) AS BIGINT) AS closing_minor,
  CAST(SUM(CASE WHEN settled_on IS NULL AND due_on >= $as_of THEN open_minor ELSE 0 END) AS BIGINT)
    AS closing_current_minor
FROM item
WHERE amount_minor > 0
GROUP BY currency
ORDER BY currency
