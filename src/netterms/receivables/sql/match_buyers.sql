-- Buyers that owe something, each with a small number of its own.
create temp table match_buyer on commit drop as
select (row_number() over (order by buyer_id))::int as n, buyer_id as id
from (select distinct buyer_id from invoice
      where seller_id = %(seller)s and open_minor > 0 and kind = 'invoice') b
