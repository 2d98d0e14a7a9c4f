-- What was known of an invoice and its buyer on the day it was posted: one row an invoice, the features of
-- payers/features.py and, once paid, its days late. NULL says "not known".
--
-- Of other invoices only these count: what was paid before that day, within a year, and what was then still
-- open. Facts of the day itself are the invoice's own and how many the buyer was posted that day.
-- Asked are open invoices, and with $with_settled the paid ones too, posted on $since or later.
WITH bill AS (
  SELECT
    buyer,
    currency,
    invoice_number,
    issued_on,
    due_on,
    settled_on,
    CAST(amount_minor AS DOUBLE) AS amount,
    date_diff('day', issued_on, due_on) AS terms_days,
    date_diff('day', due_on, settled_on) AS late,
    -- Monday is 0.
    MOD(date_diff('day', DATE '2000-01-03', due_on), 7) AS due_weekday,
    MOD(date_diff('day', DATE '2000-01-03', settled_on), 7) AS paid_weekday
  FROM item
  WHERE amount_minor > 0
),
asked AS (
  SELECT * FROM bill WHERE issued_on >= $since AND ($with_settled OR settled_on IS NULL)
),
asked_day AS (
  SELECT DISTINCT buyer, currency, issued_on FROM asked
),
asked_due AS (
  SELECT DISTINCT buyer, currency, issued_on, due_on, due_weekday, terms_days FROM asked
),
seen AS (
  SELECT
    d.buyer,
    d.currency,
    d.issued_on AS on_day,
    p.settled_on,
    p.due_on,
    p.late,
    p.due_weekday,
    p.paid_weekday,
    p.amount,
    p.terms_days,
    date_diff('day', p.issued_on, p.settled_on) AS days_taken,
    date_diff('day', p.settled_on, d.issued_on) AS age,
    ROW_NUMBER() OVER (
      PARTITION BY d.buyer, d.currency, d.issued_on
      ORDER BY p.settled_on DESC, p.due_on DESC, p.issued_on DESC, p.amount DESC
    ) AS place,
    -- All that a buyer pays on one day is a run.
    DENSE_RANK() OVER (PARTITION BY d.buyer, d.currency, d.issued_on ORDER BY p.settled_on DESC) AS run
  FROM asked_day d
  JOIN bill p ON p.buyer = d.buyer AND p.currency = d.currency
    AND p.settled_on < d.issued_on AND p.settled_on >= d.issued_on - INTERVAL 365 DAY
),
history AS (
  SELECT
    buyer,
    currency,
    on_day,
    COUNT(*) AS paid_count,
    CAST(SUM(late) AS DOUBLE) AS late_sum,
    AVG(late) AS late_mean,
    MEDIAN(late) AS late_median,
    MEDIAN(CASE WHEN place <= 20 THEN late END) AS late_median_20,
    MEDIAN(CASE WHEN age <= 45 THEN late END) AS late_median_45_days,
    MIN(CASE WHEN place <= 20 THEN late END) AS late_least_20,
    MAX(CASE WHEN place <= 20 THEN late END) AS late_most_20,
    STDDEV_SAMP(late) AS late_spread,
    MAX(CASE WHEN place = 1 THEN late END) AS late_last,
    AVG(CASE WHEN place <= 3 THEN late END) AS late_mean_3,
    AVG(CASE WHEN place <= 5 THEN late END) AS late_mean_5,
    AVG(CASE WHEN place <= 10 THEN late END) AS late_mean_10,
    AVG(CASE WHEN age <= 30 THEN late END) AS late_mean_30_days,
    -- The newest counts most; a place further back four fifths as much as the one before it.
    SUM(CASE WHEN place <= 40 THEN POWER(CAST(0.8 AS DOUBLE), place) * late END)
      / SUM(CASE WHEN place <= 40 THEN POWER(CAST(0.8 AS DOUBLE), place) END) AS late_weighted,
    COUNT(CASE WHEN age <= 30 THEN 1 END) AS paid_30_days,
    AVG(CASE WHEN late > 0 THEN 1 ELSE 0 END) AS late_share,
    AVG(CASE WHEN place > 20 THEN NULL WHEN late > 0 THEN 1 ELSE 0 END) AS late_share_20,
    AVG(CASE WHEN late >= 7 THEN 1 ELSE 0 END) AS late_7_share,
    AVG(CASE WHEN late >= 30 THEN 1 ELSE 0 END) AS late_30_share,
    MEDIAN(days_taken) AS taken_median,
    AVG(amount) AS amount_mean,
    MIN(age) AS run_age,
    COUNT(CASE WHEN run = 1 THEN 1 END) AS run_count,
    AVG(CASE WHEN run = 1 THEN late END) AS run_late,
    MAX(CASE WHEN run = 2 THEN age END) - MIN(age) AS run_gap,
    COUNT(DISTINCT CASE WHEN age <= 60 THEN settled_on END) AS runs_60_days
  FROM seen
  GROUP BY buyer, currency, on_day
),
alike AS (
  -- The buyer's invoices that fell due as this one does, and how often it pays on which day after that weekday.
  SELECT
    d.buyer,
    d.currency,
    d.issued_on,
    d.due_on,
    COUNT(CASE WHEN s.due_weekday = d.due_weekday THEN 1 END) AS weekday_count,
    AVG(CASE WHEN s.due_weekday = d.due_weekday THEN s.late END) AS weekday_mean,
    MEDIAN(CASE WHEN s.due_weekday = d.due_weekday THEN s.late END) AS weekday_median,
    MEDIAN(CASE WHEN s.due_weekday = d.due_weekday AND s.age <= 45 THEN s.late END) AS weekday_median_45_days,
    AVG(CASE WHEN ABS(EXTRACT(DAY FROM s.due_on) - EXTRACT(DAY FROM d.due_on)) <= 2 THEN s.late END) AS month_day_mean,
    MEDIAN(CASE WHEN ABS(EXTRACT(DAY FROM s.due_on) - EXTRACT(DAY FROM d.due_on)) <= 2 THEN s.late END)
      AS month_day_median,
    COUNT(CASE WHEN s.terms_days = d.terms_days THEN 1 END) AS terms_count,
    AVG(CASE WHEN s.terms_days = d.terms_days THEN s.late END) AS terms_mean,
    MEDIAN(CASE WHEN s.terms_days = d.terms_days THEN s.late END) AS terms_median,
    AVG(CASE WHEN s.paid_weekday = d.due_weekday THEN 1 ELSE 0 END) AS pays_on_due_weekday,
    AVG(CASE WHEN s.paid_weekday = MOD(d.due_weekday + 1, 7) THEN 1 ELSE 0 END) AS pays_1_after,
    AVG(CASE WHEN s.paid_weekday = MOD(d.due_weekday + 2, 7) THEN 1 ELSE 0 END) AS pays_2_after,
    AVG(CASE WHEN s.paid_weekday = MOD(d.due_weekday + 3, 7) THEN 1 ELSE 0 END) AS pays_3_after,
    AVG(CASE WHEN s.paid_weekday = MOD(d.due_weekday + 4, 7) THEN 1 ELSE 0 END) AS pays_4_after,
    AVG(CASE WHEN s.paid_weekday = MOD(d.due_weekday + 5, 7) THEN 1 ELSE 0 END) AS pays_5_after,
    AVG(CASE WHEN s.paid_weekday = MOD(d.due_weekday + 6, 7) THEN 1 ELSE 0 END) AS pays_6_after
  FROM asked_due d
  JOIN seen s ON s.buyer = d.buyer AND s.currency = d.currency AND s.on_day = d.issued_on
  GROUP BY d.buyer, d.currency, d.issued_on, d.due_on
),
of_size AS (
  -- The buyer's invoices of about this amount in the last half year: small ones may go another way.
  SELECT a.buyer, a.currency, a.issued_on, a.amount, COUNT(*) AS size_count, AVG(s.late) AS size_mean, MEDIAN(s.late) AS size_median
  FROM (SELECT DISTINCT buyer, currency, issued_on, amount FROM asked) a
  JOIN seen s ON s.buyer = a.buyer AND s.currency = a.currency AND s.on_day = a.issued_on AND s.age <= 180
    AND s.amount >= a.amount * 0.7 AND s.amount <= a.amount * 1.4
  GROUP BY a.buyer, a.currency, a.issued_on, a.amount
),
standing AS (
  -- What the buyer had open, all of it posted before the day.
  SELECT
    d.buyer,
    d.currency,
    d.issued_on,
    COUNT(*) AS open_count,
    SUM(o.amount) AS open_amount,
    COUNT(CASE WHEN o.due_on < d.issued_on THEN 1 END) AS overdue_count,
    SUM(CASE WHEN o.due_on < d.issued_on THEN o.amount ELSE 0 END) AS overdue_amount,
    MAX(CASE WHEN o.due_on < d.issued_on THEN date_diff('day', o.due_on, d.issued_on) ELSE 0 END) AS overdue_worst,
    AVG(CASE WHEN o.due_on < d.issued_on THEN date_diff('day', o.due_on, d.issued_on) END) AS overdue_mean,
    MEDIAN(date_diff('day', o.due_on, d.issued_on)) AS open_median
  FROM asked_day d
  JOIN bill o ON o.buyer = d.buyer AND o.currency = d.currency
    AND o.issued_on < d.issued_on AND (o.settled_on IS NULL OR o.settled_on >= d.issued_on)
  GROUP BY d.buyer, d.currency, d.issued_on
),
posted AS (
  SELECT buyer, currency, issued_on, COUNT(*) AS posted_count, SUM(amount) AS posted_amount
  FROM bill
  GROUP BY buyer, currency, issued_on
),
paid_day AS (
  SELECT settled_on, COUNT(*) AS paid, SUM(late) AS late_sum, COUNT(CASE WHEN late > 0 THEN 1 END) AS late_count
  FROM bill
  WHERE settled_on IS NOT NULL
  GROUP BY settled_on
),
everybody AS (
  -- How all buyers of the seller paid in the last 90 days: all there is to say of one without a history.
  SELECT
    d.issued_on,
    CAST(SUM(p.late_sum) AS DOUBLE) / SUM(p.paid) AS all_mean,
    CAST(SUM(p.late_count) AS DOUBLE) / SUM(p.paid) AS all_late_share
  FROM (SELECT DISTINCT issued_on FROM asked) d
  JOIN paid_day p ON p.settled_on < d.issued_on AND p.settled_on >= d.issued_on - INTERVAL 90 DAY
  GROUP BY d.issued_on
)
SELECT
  a.buyer,
  a.invoice_number,
  a.issued_on,
  a.due_on,
  a.settled_on,
  a.late AS days_late,
  a.amount,
  a.amount / h.amount_mean AS amount_to_usual,
  a.terms_days,
  a.due_weekday,
  EXTRACT(DAY FROM a.due_on) AS due_day,
  MOD(date_diff('day', DATE '2000-01-03', a.issued_on), 7) AS issued_weekday,
  COALESCE(h.paid_count, 0) AS paid_count,
  -- A thin history weighs as much as it has invoices, against three of everybody's.
  (COALESCE(h.late_sum, 0) + 3 * COALESCE(e.all_mean, 0)) / (COALESCE(h.paid_count, 0) + 3) AS late_shrunk,
  h.late_mean,
  h.late_median,
  h.late_median_20,
  h.late_median_45_days,
  h.late_least_20,
  h.late_most_20,
  h.late_spread,
  h.late_last,
  h.late_mean_3,
  h.late_mean_5,
  h.late_mean_10,
  h.late_mean_30_days,
  h.late_weighted,
  h.paid_30_days,
  h.late_share,
  h.late_share_20,
  h.late_7_share,
  h.late_30_share,
  h.taken_median,
  h.taken_median - a.terms_days AS taken_beyond_terms,
  h.run_age,
  h.run_count,
  h.run_late,
  h.run_gap,
  h.runs_60_days,
  l.weekday_count,
  l.weekday_mean,
  l.weekday_median,
  l.weekday_median_45_days,
  l.month_day_mean,
  l.month_day_median,
  l.terms_count,
  l.terms_mean,
  l.terms_median,
  l.pays_on_due_weekday,
  l.pays_1_after,
  l.pays_2_after,
  l.pays_3_after,
  l.pays_4_after,
  l.pays_5_after,
  l.pays_6_after,
  z.size_count,
  z.size_mean,
  z.size_median,
  COALESCE(o.open_count, 0) AS open_count,
  COALESCE(o.open_amount, 0) AS open_amount,
  COALESCE(o.overdue_count, 0) AS overdue_count,
  COALESCE(o.overdue_amount, 0) AS overdue_amount,
  COALESCE(o.overdue_worst, 0) AS overdue_worst,
  o.overdue_mean,
  o.open_median,
  c.posted_count,
  c.posted_amount,
  e.all_mean,
  e.all_late_share
FROM asked a
JOIN posted c ON c.buyer = a.buyer AND c.currency = a.currency AND c.issued_on = a.issued_on
LEFT JOIN history h ON h.buyer = a.buyer AND h.currency = a.currency AND h.on_day = a.issued_on
LEFT JOIN alike l ON l.buyer = a.buyer AND l.currency = a.currency AND l.issued_on = a.issued_on AND l.due_on = a.due_on
LEFT JOIN of_size z ON z.buyer = a.buyer AND z.currency = a.currency AND z.issued_on = a.issued_on AND z.amount = a.amount
LEFT JOIN standing o ON o.buyer = a.buyer AND o.currency = a.currency AND o.issued_on = a.issued_on
LEFT JOIN everybody e ON e.issued_on = a.issued_on
ORDER BY a.issued_on, a.buyer, a.due_on, a.amount, a.invoice_number
