-- An order that the policy for new buyers does not let through: it waits for a person or is declined,
-- whatever its line has left, with the reasons of the policy. No row: its number is taken.
with made as (
  insert into credit_order (seller_id, id, order_number, buyer_id, currency, amount_minor,
      authorised_minor, state, reasons, created_at, expires_at)
  values (%(seller)s, %(id)s, %(number)s, %(buyer)s, %(currency)s, %(amount)s, 0, %(state)s,
          %(reasons)s, %(now)s, %(expires)s)
  on conflict (seller_id, order_number) do nothing
  returning id, state, order_answer(credit_order, null) || jsonb_build_object('would_change', %(hints)s::jsonb) as answer
),
keyed as (
  insert into idempotency_key (seller_id, key, fingerprint, answer, claimed_at)
  select %(seller)s, %(key)s, %(print)s, m.answer, %(now)s from made m
),
told as (
  insert into event (seller_id, happened_at, business_date, actor, kind, subject_id, facts)
  select %(seller)s, %(now)s, %(today)s, %(actor)s, 'checkout.order_' || m.state, m.id, m.answer from made m
)
select m.answer::text as answer from made m
