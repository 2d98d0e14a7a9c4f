-- Remember the stage of every invoice that moved; the others are not touched.
with left_ladder as (
  delete from invoice_stage s using moved_invoice m
  where s.seller_id = %(seller)s and s.invoice_id = m.invoice_id and m.stage is null
  returning s.invoice_id
),
climbed as (
  insert into invoice_stage (seller_id, invoice_id, stage, since)
  select %(seller)s, invoice_id, stage, %(as_of)s from moved_invoice where stage is not null
  on conflict (seller_id, invoice_id) do update set stage = excluded.stage, since = excluded.since
  returning invoice_id
)
select (select count(*) from climbed) as climbed, (select count(*) from left_ladder) as left_ladder
