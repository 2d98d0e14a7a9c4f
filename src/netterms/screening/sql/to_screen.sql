-- Buyers that changed since they were held against the lists, or that have not been held against these.
select b.id, b.name, b.country, b.names, b.numbers, b.fingerprint
from screened_buyer b
left join screening s on s.seller_id = b.seller_id and s.buyer_id = b.id
where b.seller_id = %(seller)s
  and (s.buyer_id is null or s.lists_version < %(version)s or s.fingerprint <> b.fingerprint)
