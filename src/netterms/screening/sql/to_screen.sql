-- Buyers that changed since they were held against the lists, or that have not been held against these.
select b.id, b.name, b.country, array[b.name] as names,
       array_remove(array[b.registration_number], '') as numbers,
       md5(concat_ws('|', b.name, b.country, b.registration_number)) as fingerprint
from buyer b
left join screening s on s.seller_id = b.seller_id and s.buyer_id = b.id
where b.seller_id = %(seller)s
  and (s.buyer_id is null or s.lists_version < %(version)s
       or s.fingerprint <> md5(concat_ws('|', b.name, b.country, b.registration_number)))
