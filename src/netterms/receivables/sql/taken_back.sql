-- Lines by which the bank takes money back, that nobody booked yet, and the receipt each most likely takes back: of
-- the same amount and account, told by the same reference or the same payer, the newest before it.
select l.id as line_id, l.booked_on, l.currency::text as currency, -l.amount_minor as amount_minor, l.payer_name, l.words,
       r.payment_id, r.paid_on, r.buyer_id, r.buyer_name
from bank_line l
left join lateral (
  select p.id as payment_id, p.paid_on, b.id as buyer_id, b.name as buyer_name
  from bank_line o
  join bank_match m on m.seller_id = o.seller_id and m.line_id = o.id and m.state = 'posted'
  join payment p on p.seller_id = m.seller_id and p.id = m.payment_id
  join buyer b on b.seller_id = p.seller_id and b.id = p.buyer_id
  where o.seller_id = l.seller_id and o.account_id = l.account_id and o.amount_minor = -l.amount_minor
    and o.booked_on between l.booked_on - %(days)s and l.booked_on
    and (o.end_to_end <> '' and o.end_to_end = l.end_to_end
         or o.payer_account <> '' and o.payer_account = l.payer_account
         or o.name_core <> '' and o.name_core = l.name_core)
    and not exists (select from payment_return k where k.seller_id = p.seller_id and k.payment_id = p.id)
  order by o.end_to_end <> '' and o.end_to_end = l.end_to_end desc, o.booked_on desc, o.id desc
  limit 1
) r on true
where l.seller_id = %(seller)s and l.reversal and l.amount_minor < 0 and l.state not in ('notice', 'set_aside')
  and not exists (select from payment_return k where k.seller_id = l.seller_id and k.line_id = l.id)
order by l.booked_on desc, l.id desc
limit %(most)s
