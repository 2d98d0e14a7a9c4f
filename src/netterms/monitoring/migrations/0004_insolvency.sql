-- Somebody told that a buyer is insolvent or may be so.
alter table alert drop constraint alert_kind_check;
alter table alert add constraint alert_kind_check check (kind in ('grade_worse', 'over_limit',
  'late_first_time', 'deadline_near', 'concentration', 'review_due', 'payment_slower',
  'bank_account_changed', 'late_disputes', 'insolvency_signalled'));
