-- What would change the answer to an order that was declined when it was asked for: actions of the caller
-- (ask_less, with the amount there is room for; ask_review; introduce_buyer) or of the seller.
create or replace function would_change(reasons text[], grantable_minor bigint) returns jsonb
  language sql immutable
  return (
    select jsonb_agg(jsonb_build_object('action', w.action, 'amount_minor', w.amount_minor) order by w.place)
    from (values
      (1, 'ask_less', grantable_minor, grantable_minor > 0),
      (2, 'ask_review', null, true),
      (3, 'introduce_buyer', null, 'no_line' = any (reasons)),
      (4, 'open_line', null, reasons && '{line_on_hold,line_closed}'),
      (5, 'load_rates', null, 'no_rate' = any (reasons))
    ) w(place, action, amount_minor, applies)
    where w.applies);
