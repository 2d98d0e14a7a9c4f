-- What an order looks like to those who asked for it: the answer of every request and the facts of
-- every event of an order. left_minor is what its line has left, null where there is no line;
-- grantable_minor the most of this order that line and caps had room for, known when it is decided.
-- Without a query in it, so that it becomes part of the statement that asks; the rarer parts are functions.
create or replace function order_answer(o credit_order, left_minor bigint, grantable_minor bigint default null)
  returns jsonb
  language sql stable
  return jsonb_build_object(
    'id', o.id, 'order_number', o.order_number, 'buyer_id', o.buyer_id, 'state', o.state,
    'reasons', to_jsonb(o.reasons),
    'would_change', case when o.state <> 'declined' or grantable_minor is null then '[]'::jsonb
                         else would_change(o.reasons, grantable_minor) end,
    'currency', o.currency,
    'amount_minor', o.amount_minor, 'authorised_minor', o.authorised_minor,
    'captured_minor', o.captured_minor, 'refunded_minor', o.refunded_minor,
    'line', case when o.line_currency is not null then jsonb_build_object(
        'currency', o.line_currency, 'rate', o.rate, 'rate_on', o.rate_on,
        'held_minor', o.held_minor, 'available_minor', left_minor) end,
    'terms', case when o.net_days is not null then jsonb_build_object(
        'net_days', o.net_days, 'instalments', o.instalments,
        'discount_percent', o.discount_percent, 'discount_days', o.discount_days,
        'due_on', case when o.rate_on is null then null
                       when o.instalments = 1 then jsonb_build_array(o.rate_on + o.net_days)
                       else due_days(o.rate_on, o.net_days, o.instalments) end) end,
    'created_at', o.created_at, 'expires_at', o.expires_at, 'version', o.version);
