-- A buyer that disputes again and again, and only once an invoice is due, may be buying time (COL-01).
alter table alert drop constraint alert_kind_check;
alter table alert add constraint alert_kind_check check (kind in ('grade_worse', 'over_limit',
  'late_first_time', 'deadline_near', 'concentration', 'review_due', 'payment_slower',
  'bank_account_changed', 'late_disputes'));
