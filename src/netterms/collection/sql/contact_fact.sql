-- The relation `contact_fact` of collector_days.sql: attempts, with what was promised in the seller's own currency.
select c.made_by, c.made_on, c.buyer_id, c.channel, c.right_party, c.minutes,
       p.amount_minor * newest_minor_rate(p.currency::text, s.currency::text, c.made_on) as promised_minor
from contact_made c
join seller s on s.seller_id = c.seller_id
left join promise p on p.seller_id = c.seller_id and p.id = c.promise_id
where c.seller_id = %(seller)s and c.made_on between %(since)s and %(until)s
