-- Remember the stage of every invoice; only what changed is written.
with moved as (
  select coalesce(l.invoice_id, s.invoice_id) as invoice_id, l.stage, s.stage as before
  from (select invoice_id, stage from late_item where stage > 0) l
  full join (select invoice_id, stage from invoice_stage where seller_id = %(seller)s) s
    on s.invoice_id = l.invoice_id
  where l.stage is distinct from s.stage
),
left_ladder as (
  delete from invoice_stage s using moved m
  where s.seller_id = %(seller)s and s.invoice_id = m.invoice_id and m.stage is null
  returning s.invoice_id
),
climbed as (
  insert into invoice_stage (seller_id, invoice_id, stage, since)
  select %(seller)s, invoice_id, stage, %(as_of)s from moved where stage is not null
  on conflict (seller_id, invoice_id) do update set stage = excluded.stage, since = excluded.since
  returning invoice_id
)
select (select count(*) from climbed) as climbed, (select count(*) from left_ladder) as left_ladder
