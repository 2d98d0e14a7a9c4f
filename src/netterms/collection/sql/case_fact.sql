-- The relation `case_fact` of cure.sql.
select stage, state, opened_on, closed_on from collection_case where seller_id = %(seller)s
