-- Others of a buyer's sector that have accounts. Of many a sample, always the same one: to work out the ratios of a whole
-- book would take seconds.
select p.id from buyer b
join buyer p on p.seller_id = b.seller_id and p.sector = b.sector and p.id <> b.id
where b.seller_id = (select current_seller()) and b.id = %(buyer)s and b.sector <> ''
  and exists (
    select from statement known
    where known.seller_id = p.seller_id and known.buyer_id = p.id
      and known.known_on <= %(as_of)s and known.period_end <= %(as_of)s)
order by uuid_hash(p.id), p.id
limit %(most)s
