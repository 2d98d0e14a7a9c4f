-- What was allocated to an invoice until `on_day`, in minor units; 0 where nothing was.
-- A function of its own, and not SQL: a query inside a query would keep every pass over the book that asks
-- this of a few invoices from being shared among workers.
create or replace function paid_until(p_invoice uuid, on_day date) returns bigint
language plpgsql stable parallel safe
as $$
begin
  return coalesce((
    select sum(a.amount_minor) from allocation a
    where a.seller_id = (select current_seller()) and a.invoice_id = p_invoice and a.allocated_on <= on_day), 0);
end $$;
