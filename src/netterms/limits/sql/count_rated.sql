-- Count anew what buyers owe who have invoices of another currency than that of their line in the seller's own,
-- where a rate that came in since says otherwise.
with mixed as materialized (
  select l.buyer_id
  from credit_line l
  join seller s on s.seller_id = l.seller_id and s.currency = l.currency
  where l.seller_id = %(seller)s and exists (
    select from invoice i
    where i.seller_id = l.seller_id and i.buyer_id = l.buyer_id and i.open_minor > 0 and i.currency <> l.currency)
),
wrong as materialized (
  select distinct l.buyer_id
  from credit_line l
  join mixed using (buyer_id)
  left join line_owed(array(select buyer_id from mixed)) o on o.buyer_id = l.buyer_id and o.currency = l.currency
  where l.seller_id = %(seller)s and l.owed_minor <> coalesce(o.owed, 0)
)
select case when exists (select from wrong) then refresh_owed(array(select buyer_id from wrong)) else 0 end
