-- Matches that another transaction has overtaken are left for the next time: what is posted is what was seen.
with held as (
  select i.id, i.open_minor from invoice i
  where i.seller_id = %(seller)s
    and i.id in (select o.id from match_part p join match_open o on o.n = p.item
                 join match_decided d on d.line = p.line where d.sure)
  order by i.id for update
)
delete from match_decided d
where d.sure and exists (
  select from match_part p join match_open o on o.n = p.item
  left join held h on h.id = o.id
  where p.line = d.line and o.open_minor is distinct from h.open_minor)
