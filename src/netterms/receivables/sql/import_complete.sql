-- What the file tells of buyers that the book knows only in part: an e-mail address or a country that was
-- empty, a name where there was only the number. What is known stays as it is.
with told as materialized (
  select b.id, b.name as was_name, b.country as was_country, b.email as was_email,
         case when b.name = b.buyer_number and s.buyer_name <> '' then s.buyer_name else b.name end as name,
         case when b.country = '' then s.country else b.country end as country,
         case when b.email = '' then s.email else b.email end as email
  from staged_buyer s
  join buyer b on b.seller_id = %(seller)s and b.buyer_number = s.buyer_number
),
completed as (
  update buyer b
  set name = t.name, country = t.country, email = t.email
  from told t
  where b.seller_id = %(seller)s and b.id = t.id
    and (t.name, t.country, t.email) is distinct from (t.was_name, t.was_country, t.was_email)
  returning b.id
)
insert into event (seller_id, happened_at, business_date, actor, why, kind, subject_id, facts)
select %(seller)s, %(now)s, %(as_of)s, %(actor)s, %(why)s, 'buyers.facts_updated', t.id,
       jsonb_build_object(
         'before', jsonb_build_object('name', t.was_name, 'country', t.was_country, 'email', t.was_email),
         'after', jsonb_build_object('name', t.name, 'country', t.country, 'email', t.email))
from told t join completed c on c.id = t.id
