-- Count anew what is owed on lines that carry invoices of another currency, where a rate that came in since
-- says otherwise.
select case when exists (select from credit_line where seller_id = %(seller)s) then refresh_owed(array(
  select l.buyer_id
  from credit_line l
  join seller s on s.seller_id = l.seller_id and s.currency = l.currency
  where l.seller_id = %(seller)s and exists (
      select from invoice i
      where i.seller_id = l.seller_id and i.buyer_id = l.buyer_id and i.open_minor > 0 and i.currency <> l.currency)
    and l.owed_minor <> coalesce((select o.owed from line_owed(array[l.buyer_id]) o where o.currency = l.currency), 0)
)) else 0 end
