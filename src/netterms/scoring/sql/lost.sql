-- The first day on which a buyer was lost, whatever is overdue: insolvency proceedings, or a write-off because of them
-- or because nobody will pay. One that was taken back was a mistake; one that was recovered was not.
SELECT buyer, MIN(lost_on) AS lost_on
FROM (
  SELECT CAST(id AS VARCHAR) AS buyer, insolvent_on AS lost_on
  FROM buyer
  WHERE insolvent_on IS NOT NULL
  UNION ALL
  SELECT CAST(p.buyer_id AS VARCHAR) AS buyer, p.paid_on AS lost_on
  FROM write_off AS w
  JOIN payment AS p ON p.seller_id = w.seller_id AND p.id = w.payment_id
  WHERE w.state = 'done' AND w.reason IN ('insolvent', 'uncollectable')
    AND NOT EXISTS (
      SELECT 1 FROM allocation AS a
      WHERE a.seller_id = w.seller_id AND a.payment_id = w.payment_id AND a.undoes IS NOT NULL
        AND NOT a.is_recovery)
) AS days
GROUP BY buyer
