-- Set the credit notes of refunds off against what the invoices of their own orders have open, those due first: who
-- sent goods back is not reminded to pay for them. No money moves, and what is owed on a line stays as it was: on a
-- line of another currency only whole papers that count the same there are set off, as parts would be rounded. What a
-- note has left is the buyer's credit. Call it with the orders' invoices locked.
create or replace function set_off_refunds(
  p_seller uuid, p_actor text, p_why text, p_now timestamptz, p_today date, p_notes uuid[]
) returns void
language sql
set enable_seqscan = off
as $$
  with note as (
    select c.id, c.buyer_id, c.currency, c.amount_minor, c.line_currency, c.line_minor, c.issued_on, o.order_id,
           c.open_minor, sum(c.open_minor) over (partition by o.order_id order by c.invoice_number) as upto
    from invoice c
    join order_invoice o on o.seller_id = c.seller_id and o.invoice_id = c.id
    where c.seller_id = p_seller and c.id = any (p_notes)
  ), due as (
    select i.id, i.amount_minor, i.line_minor, i.issued_on, o.order_id, i.open_minor,
           sum(i.open_minor) over (partition by o.order_id order by i.due_on, i.invoice_number) as upto
    from order_invoice o
    join invoice i on i.seller_id = o.seller_id and i.id = o.invoice_id
    where o.seller_id = p_seller and o.order_id in (select order_id from note)
      and i.kind = 'invoice' and i.open_minor > 0
  ), part as (
    select n.id as note_id, d.id as invoice_id, n.buyer_id, n.currency, m.minor, n.line_currency,
           greatest(n.issued_on, d.issued_on) as issued_on
    from note n
    join due d using (order_id)
    cross join lateral (
      select least(n.upto, d.upto) - greatest(n.upto - n.open_minor, d.upto - d.open_minor) as minor
    ) m
    where m.minor > 0
      and (n.line_currency is null
           or (m.minor, m.minor, n.line_minor) = (n.amount_minor, d.amount_minor, d.line_minor))
  ), entry as materialized (
    select note_id, buyer_id, currency, sum(minor) as minor, uuidv7() as payment_id, uuidv7() as entry_id,
           greatest(p_today, max(issued_on), (select closed_until()) + 1) as day,
           jsonb_agg(jsonb_build_object('invoice', invoice_id, 'settled', a.amount, 'taken', a.amount)
                     order by invoice_id) as told
    from part, lateral (select jsonb_build_object('minor', minor, 'currency', currency) as amount) a
    group by note_id, buyer_id, currency
  ), paid as (
    insert into payment (seller_id, id, buyer_id, kind, currency, amount_minor, paid_on)
    select p_seller, e.payment_id, e.buyer_id, 'offset', e.currency, 0, p_today from entry e
  ), settled as (
    insert into allocation (seller_id, invoice_id, payment_id, entry_id, amount_minor, taken_minor, allocated_on)
    select p_seller, x.invoice_id, e.payment_id, e.entry_id, x.minor, x.minor, e.day
    from (
      select note_id, invoice_id, minor from part
      union all
      select note_id, note_id, minor from entry
    ) x
    join entry e using (note_id)
  )
  insert into event (seller_id, happened_at, business_date, actor, why, kind, subject_id, facts)
  select p_seller, p_now, p_today, p_actor, p_why, 'receivables.payment_allocated', e.payment_id,
         jsonb_build_object('buyer', e.buyer_id, 'parts', e.told || jsonb_build_array(jsonb_build_object(
           'invoice', e.note_id, 'settled', a.amount, 'taken', a.amount)))
  from entry e, lateral (select jsonb_build_object('minor', e.minor, 'currency', e.currency) as amount) a
  order by e.payment_id
$$;
