-- The relation `promise_fact` of promise_rates.sql.
select currency::text as currency, state, amount_minor, closed_on from promise where seller_id = %(seller)s
