-- An order is held on one credit line, and so is what it becomes. Given where that is not the line of the invoice's
-- own currency: the line's currency, and what the whole invoice counts for on it, at the order's rate. Written once.
alter table invoice
  add column line_currency char(3),
  add column line_minor bigint check (line_minor >= 0),
  add check ((line_currency is null) = (line_minor is null));
