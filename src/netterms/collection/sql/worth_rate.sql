-- The relation `rate` of worth.sql: minor units of the seller's own currency for one of each currency, on the day (null
-- where none is known). Once a currency, not once an invoice.
select known.currency, newest_minor_rate(known.currency, s.currency::text, %(as_of)s) as rate
from (
  select distinct currency from owed
  union select currency::text from insurance_policy where seller_id = %(seller)s
  union select currency::text from promise
        where seller_id = %(seller)s and state = 'open' and promised_for = %(as_of)s
) known
join seller s on s.seller_id = %(seller)s
