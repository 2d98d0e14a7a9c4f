-- What may be claimed for every late invoice, of all countries in one pass: interest, what another
-- day adds, fixed compensation; or why no interest is claimed. `rules.claim` says the same of one.
--
-- It reads `debt`, one row a part of an invoice that stayed unpaid until `until_on`, and the rules
-- as `rules_sql.py` has made them: `law` (which rule counts between such parties), `period` (rates
-- by day in millionths of a percent, with the running total of rate times days), `rest` (balance
-- factors of monthly rests) and `tier` (compensations).
--
-- A share of money is a whole-number division: floor(x / y) = (x - mod(x, y)) / y leaves no rest, and
-- round_half_up(a / b) = floor((2a + b) / 2b). ROUND only takes the noise of binary numbers off it.
WITH placed AS (
  SELECT
    d.debt,
    d.currency,
    CAST(d.amount_minor AS DECIMAL(38, 0)) AS amount,
    d.is_open,
    d.until_on,
    CASE WHEN l.starts = 'receipt_plus_60' AND d.receipt_start_on IS NOT NULL
         THEN d.receipt_start_on ELSE d.due_on END AS start_on,
    CASE WHEN l.country IS NULL THEN 'country_unknown'
         WHEN l.starts = 'receipt_plus_60' AND d.receipt_start_on IS NULL THEN 'receipt_unknown'
         ELSE l.refused END AS refused,
    CASE WHEN l.starts = 'receipt_plus_60' AND d.receipt_start_on IS NULL THEN FALSE
         ELSE l.pays_compensation END AS pays_compensation,
    l.rule,
    l.works,
    CASE WHEN d.contract_e6 > l.cap_e6 THEN l.cap_e6 ELSE d.contract_e6 END AS contract_e6,
    l.coverage_from,
    l.tier_currency,
    d.country
  FROM debt AS d
  LEFT JOIN law AS l
    ON l.country = d.country AND l.creditor_small = d.creditor_small
    AND l.debtor_large = d.debtor_large AND l.by_contract = (d.contract_e6 IS NOT NULL)
    AND l.due_from <= d.due_on AND d.due_on <= l.due_until
),
late AS (
  SELECT *, CAST(DATE_DIFF('day', start_on, until_on) AS BIGINT) AS days
  FROM placed
  WHERE until_on > start_on
),
rated AS (
  SELECT
    a.*,
    e.total_e6 + e.rate_e6 * DATE_DIFF('day', e.start_from, a.until_on)
      - s.total_e6 - s.rate_e6 * DATE_DIFF('day', s.start_from, a.start_on) AS rate_days_e6,
    CASE WHEN a.until_on = g.until_on THEN g.grown_e13 ELSE g.factor_e13 END AS factor_e13,
    CASE WHEN a.until_on = g.until_on THEN 0
         ELSE DATE_DIFF('day', g.from_on, a.until_on) END AS stub_days,
    CASE a.works
      WHEN 'float' THEN e.rate_e6
      WHEN 'end' THEN e.rate_e6
      WHEN 'rests' THEN g.rate_e6
      WHEN 'contract' THEN
        CASE WHEN s.rate_e6 > a.contract_e6 THEN s.rate_e6 ELSE a.contract_e6 END
      ELSE s.rate_e6
    END AS rate_e6,
    s.rule IS NULL AND a.works IN ('start', 'float') AS start_unknown,
    (e.rule IS NULL AND a.works IN ('end', 'float'))
      OR (g.rule IS NULL AND a.works = 'rests') AS end_unknown
  FROM late AS a
  LEFT JOIN period AS s
    ON s.rule = a.rule AND s.start_from <= a.start_on AND a.start_on < s.start_until
  LEFT JOIN period AS e
    ON e.rule = a.rule AND e.start_from < a.until_on AND a.until_on <= e.start_until
  LEFT JOIN rest AS g
    ON g.rule = a.rule AND g.start_on = a.start_on
    AND g.from_on < a.until_on AND a.until_on <= g.until_on
),
shared AS (
  -- Numerators of the interest and of a day's interest; the denominator is the same for all parts.
  SELECT
    debt,
    currency,
    country,
    tier_currency,
    pays_compensation,
    start_on,
    amount,
    COALESCE(refused, CASE
      WHEN (start_unknown OR end_unknown) AND coverage_from IS NULL THEN 'rate_missing'
      WHEN (start_unknown OR works = 'rests') AND start_on < coverage_from
        AND (start_unknown OR end_unknown) THEN 'rate_before_first_date'
      WHEN end_unknown AND works = 'end' AND until_on <= coverage_from THEN 'rate_before_first_date'
      WHEN start_unknown OR end_unknown THEN 'rate_past_last_date' END) AS refused,
    amount * CASE works
      WHEN 'float' THEN CAST(rate_days_e6 AS DECIMAL(38, 0))
      WHEN 'rests' THEN CAST(factor_e13 AS DECIMAL(38, 0)) * (36500000000 + rate_e6 * stub_days)
        - CAST(10000000000000 AS DECIMAL(38, 0)) * 36500000000
      ELSE CAST(rate_e6 * days AS DECIMAL(38, 0))
    END AS top,
    CASE WHEN is_open THEN amount * CASE WHEN works = 'rests'
      THEN CAST(factor_e13 AS DECIMAL(38, 0)) * rate_e6 ELSE rate_e6 END ELSE 0 END AS day_top,
    CASE WHEN works = 'rests' THEN CAST(10000000000000 AS DECIMAL(38, 0)) * 36500000000
         ELSE CAST(36500000000 AS DECIMAL(38, 0)) END AS bottom
  FROM rated
),
summed AS (
  SELECT
    debt,
    MAX(currency) AS currency,
    MAX(country) AS country,
    MAX(tier_currency) AS tier_currency,
    MIN(start_on) AS start_on,
    BOOL_OR(COALESCE(pays_compensation, FALSE)) AS pays_compensation,
    SUM(amount) AS owed,
    MAX(refused) AS refused,
    SUM(top) AS top,
    SUM(day_top) AS day_top,
    MAX(bottom) AS bottom
  FROM shared
  GROUP BY debt
)
SELECT
  m.debt,
  m.country,
  m.currency,
  CASE WHEN m.refused IS NULL THEN CAST(ROUND(
    (2 * m.top + m.bottom - (2 * m.top + m.bottom) % (2 * m.bottom)) / (2 * m.bottom)) AS BIGINT)
    ELSE 0 END AS interest_minor,
  CASE WHEN m.refused IS NULL THEN CAST(ROUND(
    (2 * m.day_top + m.bottom - (2 * m.day_top + m.bottom) % (2 * m.bottom)) / (2 * m.bottom)) AS BIGINT)
    ELSE 0 END AS daily_minor,
  CASE WHEN m.pays_compensation THEN COALESCE(t.amount_minor, 0) ELSE 0 END AS compensation_minor,
  CASE WHEN m.pays_compensation THEN COALESCE(t.currency, m.currency) ELSE m.currency END
    AS compensation_currency,
  m.refused
FROM summed AS m
LEFT JOIN tier AS t
  ON t.country = m.country
  AND t.start_from <= m.start_on AND m.start_on < t.start_until
  AND t.from_minor <= CASE WHEN COALESCE(m.tier_currency, m.currency) = m.currency THEN m.owed ELSE 0 END
  AND CASE WHEN COALESCE(m.tier_currency, m.currency) = m.currency THEN m.owed ELSE 0 END < t.until_minor
