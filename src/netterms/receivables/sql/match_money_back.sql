-- Lines of money that goes back, with each thing they may be: a payment that the bank returns, a refund of what a
-- buyer has to its credit, or a refund that came back. What was handled already, or declined, is left out.
with line as materialized (
  select l.id, l.account_id, l.booked_on, l.currency::text as currency, l.amount_minor, l.reversal, l.payer_account,
         l.name_core, l.keys, l.end_to_end, l.bank_reference
  from bank_line l
  where l.seller_id = %(seller)s and l.state in ('open', 'proposed') and (l.amount_minor < 0 or l.reversal)
),
-- An account or a name that several buyers share says little.
other_side as materialized (
  select line, min(buyer_id::text)::uuid as buyer_id, how
  from (
    select l.id as line, a.buyer_id, 'payer_account' as how
    from line l join buyer_bank_account a on a.seller_id = %(seller)s and a.number = l.payer_account and a.ended_on is null
    where l.payer_account <> ''
    union
    select l.id, p.buyer_id, 'payer_learned'
    from line l join known_payer p on p.seller_id = %(seller)s and p.account = l.payer_account and p.times > 0
    where l.payer_account <> ''
    union
    select l.id, s.buyer_id, 'payer_name'
    from line l join buyer_search s on s.seller_id = %(seller)s and s.said = l.name_core
    where l.name_core <> ''
  ) t
  group by line, how
  having count(distinct buyer_id) = 1
),
-- Its amount, or with what the bank charges for returning it.
returned as (
  select l.id as line, 'returned' as kind, m.buyer_id, y.id as of_payment, null::uuid as invoice, o.amount_minor as minor,
         -l.amount_minor - o.amount_minor as charge,
         (o.end_to_end <> '' and o.end_to_end = l.end_to_end) or (o.bank_reference <> '' and o.bank_reference = l.bank_reference)
           or (l.reversal and o.keys && l.keys) as referred
  from line l
  join bank_line o on o.seller_id = %(seller)s and o.account_id = l.account_id and o.state = 'posted'
    and o.amount_minor between -l.amount_minor - case when l.reversal then %(most_charge)s else 0 end and -l.amount_minor
    and o.booked_on between l.booked_on - %(return_days)s and l.booked_on
  join bank_match m on m.seller_id = %(seller)s and m.line_id = o.id and m.state = 'posted' and m.kind = 'payment'
  join payment y on y.seller_id = m.seller_id and y.id = m.payment_id
  where l.amount_minor < 0 and not exists (
    select from payment g where g.seller_id = y.seller_id and g.buyer_id = y.buyer_id and g.refund_of = y.id
      and not exists (
        select from payment b where b.seller_id = g.seller_id and b.refund_of = g.id and b.kind = 'receipt'))
  union
  -- A payment that no line of a statement brought.
  select l.id, 'returned', y.buyer_id, y.id, null, y.amount_minor, 0, false
  from line l
  join other_side s on s.line = l.id
  join payment y on y.seller_id = %(seller)s and y.buyer_id = s.buyer_id and y.kind = 'receipt' and y.refund_of is null
    and y.amount_minor = -l.amount_minor and y.currency = l.currency
    and y.paid_on between l.booked_on - %(return_days)s and l.booked_on
  where l.reversal and l.amount_minor < 0 and y.channel <> 'bank' and not exists (
    select from payment g where g.seller_id = y.seller_id and g.buyer_id = y.buyer_id and g.refund_of = y.id
      and not exists (
        select from payment b where b.seller_id = g.seller_id and b.refund_of = g.id and b.kind = 'receipt'))
),
-- A credit note that is open by just that, or money of the buyer that settles nothing.
refund as (
  select l.id as line, 'refund' as kind, i.buyer_id, null::uuid as of_payment, i.id as invoice, i.open_minor as minor,
         0::bigint as charge,
         regexp_replace(upper(i.invoice_number), '[^A-Z0-9]', '', 'g') = any(l.keys) as referred
  from line l
  join invoice i on i.seller_id = %(seller)s and i.kind = 'credit_note' and i.open_minor = -l.amount_minor
    and i.currency = l.currency and i.issued_on <= l.booked_on
  where l.amount_minor < 0 and not l.reversal
  union all
  select l.id, 'refund', y.buyer_id, y.id, null, y.unallocated_minor, 0, false
  from line l
  join payment y on y.seller_id = %(seller)s and y.kind = 'receipt' and y.unallocated_minor > 0
    and y.unallocated_minor = -l.amount_minor and y.currency = l.currency and y.paid_on <= l.booked_on
  where l.amount_minor < 0 and not l.reversal
),
came_back as (
  select l.id as line, 'refund_back' as kind, y.buyer_id, y.id as of_payment, null::uuid as invoice, y.amount_minor as minor,
         0::bigint as charge,
         exists (
           select from bank_match m join bank_line o on o.seller_id = m.seller_id and o.id = m.line_id
           where m.seller_id = %(seller)s and m.payment_id = y.id and m.state = 'posted' and m.kind = 'refund'
             and (o.end_to_end <> '' and o.end_to_end = l.end_to_end
                  or o.bank_reference <> '' and o.bank_reference = l.bank_reference or o.keys && l.keys)) as referred
  from line l
  join payment y on y.seller_id = %(seller)s and y.kind = 'refund' and y.amount_minor = l.amount_minor
    and y.currency = l.currency and y.paid_on between l.booked_on - %(return_days)s and l.booked_on
  where l.amount_minor > 0
    and not exists (
      select from payment b where b.seller_id = y.seller_id and b.refund_of = y.id and b.kind = 'receipt')
    and not exists (
      select from bank_match m where m.seller_id = y.seller_id and m.of_payment = y.id and m.kind = 'refund_back'
        and m.state = 'posted')
    -- What a returned payment or an undone match took out again was never sent by anybody.
    and not exists (
      select from payment_return k where k.seller_id = y.seller_id and k.refund_id = y.id)
    and not exists (
      select from bank_match m
      where m.seller_id = y.seller_id and m.kind in ('payment', 'refund_back') and m.state = 'undone'
        and m.payment_id = y.refund_of)
)
select c.*, l.booked_on, l.reversal,
       array(select s.how from other_side s where s.line = c.line and s.buyer_id = c.buyer_id) as payers,
       exists (select from other_side s where s.line = c.line and s.buyer_id <> c.buyer_id and s.how <> 'payer_name') as contradicts
from (select * from returned union all select * from refund union all select * from came_back) c
join line l on l.id = c.line
where not exists (
  select from bank_match x
  where x.seller_id = %(seller)s and x.line_id = c.line and x.state in ('declined', 'undone') and x.kind = c.kind
    and x.buyer_id = c.buyer_id and x.of_payment is not distinct from c.of_payment
    and x.parts->0->>'invoice' is not distinct from c.invoice::text)
order by l.booked_on, l.id, c.buyer_id, c.of_payment, c.invoice
