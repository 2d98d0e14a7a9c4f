-- What went into and out of each account until a day, by currency; debits less credits is the balance.
select account, currency::text as currency,
       sum(debit)::bigint as debit_minor, sum(credit)::bigint as credit_minor,
       (sum(debit) - sum(credit))::bigint as balance_minor
from (
  select debit_account as account, currency, amount_minor as debit, 0 as credit
  from journal_entry where seller_id = %(seller)s and booked_on <= %(as_of)s
  union all
  select credit_account, currency, 0, amount_minor
  from journal_entry where seller_id = %(seller)s and booked_on <= %(as_of)s
) x
group by account, currency
order by account, currency
