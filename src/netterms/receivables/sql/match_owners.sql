-- Whose the invoices are, as far as they are of the payer's group.
with recursive above as (
  select b.id as start, b.id, b.parent_id from buyer b
  where b.seller_id = %(seller)s
    and (b.id = %(payer)s or b.id in (
      select i.buyer_id from invoice i where i.seller_id = %(seller)s and i.id = any(%(invoices)s::uuid[])))
  union
  select a.start, b.id, b.parent_id from above a join buyer b on b.seller_id = %(seller)s and b.id = a.parent_id
)
select i.id, i.buyer_id
from invoice i
where i.seller_id = %(seller)s and i.id = any(%(invoices)s::uuid[])
  and (select top.id from above top where top.start = i.buyer_id and top.parent_id is null)
    = (select top.id from above top where top.start = %(payer)s and top.parent_id is null)
