-- The last day of a policy, or of one buyer's cover under it, that has counted: a delivery with a deadline, or a claim.
select greatest(
  (select max(i.issued_on) from policy_deadline d
   join invoice i on i.seller_id = d.seller_id and i.id = d.invoice_id
   where d.seller_id = %(seller)s and d.policy_id = %(policy)s
     and (%(buyer)s::uuid is null or d.buyer_id = %(buyer)s)),
  (select max(c.opened_on) from claim c
   where c.seller_id = %(seller)s and c.policy_id = %(policy)s and (%(buyer)s::uuid is null or c.buyer_id = %(buyer)s)))
