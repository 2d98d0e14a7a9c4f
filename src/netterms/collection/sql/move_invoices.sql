-- Remember the place of every invoice that moved; the others are not touched.
with left_ladder as (
  delete from invoice_stage s using moved_invoice m
  where s.seller_id = %(seller)s and s.invoice_id = m.invoice_id and m.stage is null
  returning s.invoice_id
),
climbed as (
  insert into invoice_stage (seller_id, invoice_id, buyer_id, due_on, stage, is_frozen, since)
  select %(seller)s, invoice_id, buyer_id, due_on, stage, is_frozen, %(as_of)s
  from moved_invoice where stage is not null
  on conflict (seller_id, invoice_id) do update
  set stage = excluded.stage, is_frozen = excluded.is_frozen,
      since = case when invoice_stage.stage = excluded.stage then invoice_stage.since else excluded.since end
  returning invoice_id
)
select (select count(*) from climbed) as climbed, (select count(*) from left_ladder) as left_ladder
