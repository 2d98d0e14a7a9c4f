-- Pairs of buyers worth a comparison: they share a number, an account, an address of e-mail, a name, or a
-- rare word or beginning of it. A key that many share says nothing and is left out.
with company as (
  select id, name, country, lower(email) as email, registration_number
  from buyer where seller_id = %(seller)s and merged_into is null
),
keyed as (
  select buyer_id as id, 'identifier' as reason, kind || ' ' || country || ' ' || value as key
  from buyer_identifier where seller_id = %(seller)s
  union
  select buyer_id, 'bank_account', country || ' ' || bank_code || ' ' || number
  from buyer_bank_account where seller_id = %(seller)s and ended_on is null
  union
  select id, 'email', email from company where email <> ''
  union
  select id, 'domain', split_part(email, '@', 2) from company
  where email <> ''
  union
  select buyer_id, 'address', lower(regexp_replace(lines || city, '[^[:alnum:]]', '', 'g'))
  from buyer_address where seller_id = %(seller)s
  union
  -- A street is spelt in many ways; a house number and a postal code are not.
  select buyer_id, 'address', country || ' ' || postal_code || ' ' || substring(lines from '[0-9]+')
  from buyer_address where seller_id = %(seller)s and postal_code <> '' and lines ~ '[0-9]'
  union
  select buyer_id, 'name', said from buyer_search where seller_id = %(seller)s
  union
  select s.buyer_id, 'word', word
  from buyer_search s, regexp_split_to_table(s.said, ' ') word
  where s.seller_id = %(seller)s and length(word) >= 4
  union
  select buyer_id, 'word', left(replace(said, ' ', ''), 4) || '*' from buyer_search
  where seller_id = %(seller)s
  union
  select buyer_id, 'word', '*' || right(replace(said, ' ', ''), 5) from buyer_search
  where seller_id = %(seller)s
),
shared as (
  select reason, key from keyed group by reason, key having count(*) between 2 and %(most_sharing)s
)
select a.id as one_id, b.id as other_id, array_agg(distinct a.reason order by a.reason) as reasons
from shared
join keyed a using (reason, key)
join keyed b using (reason, key)
join company c on c.id = a.id
join company d on d.id = b.id
where a.id < b.id
  and not exists (select from duplicate_pair p
                  where p.seller_id = %(seller)s and p.one_id = a.id and p.other_id = b.id
                    and p.state <> 'proposed')
group by a.id, b.id
