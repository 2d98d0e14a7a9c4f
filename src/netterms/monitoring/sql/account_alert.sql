-- The alert about a buyer's changed bank account, as monitoring/alerts finds it, without waiting for the day.
with waits as (
  select right(number, 4) as account from buyer_bank_account
  where seller_id = %(seller)s and buyer_id = %(buyer)s and is_change and confirmed_on is null
    and ended_on is null
  order by id limit 1
),
gone as (
  update alert set closed_on = %(as_of)s
  where seller_id = %(seller)s and buyer_id = %(buyer)s and kind = 'bank_account_changed'
    and closed_on is null and not exists (select from waits)
),
raised as (
  insert into alert (seller_id, buyer_id, kind, severity, raised_on, facts)
  select %(seller)s, %(buyer)s, 'bank_account_changed', 3, %(as_of)s,
         jsonb_build_object('account', account)
  from waits
  on conflict (seller_id, buyer_id, kind) where closed_on is null do nothing
  returning buyer_id, severity, facts
)
insert into event (seller_id, happened_at, business_date, actor, why, kind, subject_id, facts)
select %(seller)s, %(now)s, %(as_of)s, %(actor)s, %(why)s, 'monitoring.alert_raised', buyer_id,
       facts || jsonb_build_object('alert', 'bank_account_changed', 'severity', severity)
from raised
