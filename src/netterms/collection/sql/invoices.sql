-- Invoices and credit notes as known on %(as_of)s, with their place on the ladder. Amounts of credit
-- notes are negative. In the order of their ids, which is the order they were recorded in.
select i.id, i.buyer_id, b.name as buyer_name, i.invoice_number, i.kind, i.currency::text as currency,
       i.issued_on, i.due_on,
       i.amount_minor * s.sign as amount_minor,
       case when i.settled_on <= %(as_of)s then 0 else i.amount_minor - paid_until(i.id, %(as_of)s) end * s.sign
         as open_minor,
       case when i.settled_on <= %(as_of)s then i.settled_on end as settled_on,
       coalesce(g.stage, 0) as stage,
       coalesce(d.amount_minor, 0) as disputed_minor
from invoice i
join buyer b on b.seller_id = i.seller_id and b.id = i.buyer_id
cross join lateral (select case i.kind when 'invoice' then 1 else -1 end as sign) s
left join invoice_stage g on g.seller_id = i.seller_id and g.invoice_id = i.id
left join lateral (
  select sum(x.amount_minor)::bigint as amount_minor
  from dispute x
  where x.seller_id = i.seller_id and x.invoice_id = i.id and x.raised_on <= %(as_of)s
    and (x.settled_on is null or x.settled_on > %(as_of)s)
) d on true
where i.seller_id = %(seller)s and i.issued_on <= %(as_of)s
  and (%(buyer)s::uuid is null or i.buyer_id = %(buyer)s)
  and (%(currency)s = '' or i.currency = %(currency)s)
  and (not %(only_open)s or i.settled_on is null or i.settled_on > %(as_of)s)
  and (%(after)s::uuid is null or i.id > %(after)s)
order by i.id
limit %(most)s
