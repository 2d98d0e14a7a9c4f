-- New alerts are raised with their event; those whose cause is gone are closed.
with gone as (
  update alert a set closed_on = %(as_of)s
  where a.seller_id = %(seller)s and a.closed_on is null
    and not exists (select from alert_now n where n.buyer_id = a.buyer_id and n.kind = a.kind)
  returning a.id
),
raised as (
  insert into alert (seller_id, buyer_id, kind, severity, raised_on, facts)
  select %(seller)s, buyer_id, kind, severity, %(as_of)s, facts from alert_now
  on conflict (seller_id, buyer_id, kind) where closed_on is null do nothing
  returning buyer_id, kind, severity, facts
),
told as (
  insert into event (seller_id, happened_at, business_date, actor, why, kind, subject_id, facts)
  select %(seller)s, %(now)s, %(as_of)s, %(actor)s, %(why)s, 'monitoring.alert_raised', buyer_id,
         facts || jsonb_build_object('alert', kind, 'severity', severity)
  from raised
)
select (select count(*) from raised) as raised, (select count(*) from gone) as closed
