-- The accounts that the payers of a batch used, for the next time.
insert into known_payer as known (seller_id, account, buyer_id, times, last_on)
select m.seller_id, l.account, m.buyer_id, count(*), max(l.booked_on)
from bank_match m join match_line l on l.id = m.line_id
where m.seller_id = %(seller)s and m.batch_id = %(batch)s and m.state = 'posted' and l.account <> ''
group by 1, 2, 3
on conflict (seller_id, account, buyer_id) do update
set times = known.times + excluded.times, last_on = greatest(known.last_on, excluded.last_on)
