-- The relation `reference` of limits/references, of the buyers whose limit is looked at. A supplier is who
-- bears one name, however it is spelt.
select buyer_id::text as buyer, supplier_core as supplier, currency::text as currency, limit_minor, given_on, id::text as entered
from trade_reference
where seller_id = %(seller)s and known_on <= %(as_of)s and buyer_id in (select buyer_id from scored_today)
