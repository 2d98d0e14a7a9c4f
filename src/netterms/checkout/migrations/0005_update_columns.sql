-- Of an order what its moves change: not whose it is, its number, its currency, when it came and until when
-- it holds. A column added later is granted by its migration.
revoke update on credit_order from netterms_app;
grant update (amount_minor, authorised_minor, captured_minor, refunded_minor, state, reasons, line_currency, rate,
              rate_on, held_minor, net_days, discount_percent, discount_days, instalments, version)
  on credit_order to netterms_app;
