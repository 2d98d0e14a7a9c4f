-- What a person wants to see of a buyer beside another that may be the same company.
select b.id, b.buyer_number, b.name, b.country, b.email, b.registration_number,
       coalesce((select jsonb_agg(jsonb_build_object('kind', i.kind, 'value', i.value)
                                  order by i.kind, i.value) from buyer_identifier i
                 where i.seller_id = b.seller_id and i.buyer_id = b.id), '[]') as identifiers,
       array(select a.name from buyer_alias a
             where a.seller_id = b.seller_id and a.buyer_id = b.id order by 1) as aliases,
       array(select concat_ws(', ', a.lines, nullif(a.postal_code, ''), nullif(a.city, '')) from buyer_address a
             where a.seller_id = b.seller_id and a.buyer_id = b.id order by a.id) as addresses
from buyer b
where b.seller_id = %(seller)s and b.id = any(%(ids)s)
