-- What orders in another currency than their line's became before invoices knew it, as it was counted then.
update invoice i
set line_currency = o.line_currency,
    line_minor = half_up(i.amount_minor * coalesce(newest_minor_rate(i.currency, o.line_currency, i.issued_on), o.rate))
from order_invoice p
join credit_order o on o.seller_id = p.seller_id and o.id = p.order_id
where p.seller_id = i.seller_id and p.invoice_id = i.id and o.line_currency <> o.currency;

comment on column credit_order.held_minor is
  'what lined_minor at the order''s rate counts of the authorised, less what it counts of the captured';
