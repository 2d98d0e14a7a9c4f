-- The relation `debt` of `claims.sql` on the live book: one row a part of an invoice that stayed unpaid
-- until `until_on`, as known on %(as_of)s. Money stops interest on the day it came, whenever it was matched.
select i.id::text as debt,
       b.country,
       case p.creditor_small when true then 'yes' when false then 'no' else 'unknown' end as creditor_small,
       case t.debtor_large when true then 'yes' when false then 'no' else 'unknown' end as debtor_large,
       (coalesce(t.contract_percent, p.contract_percent) * 1000000)::bigint as contract_e6,
       i.currency::text as currency,
       i.due_on,
       null::date as receipt_start_on,
       part.until_on,
       part.amount_minor,
       part.is_open
from invoice i
join buyer b on b.seller_id = i.seller_id and b.id = i.buyer_id
left join terms_policy p on p.seller_id = i.seller_id
left join buyer_terms t on t.seller_id = i.seller_id and t.buyer_id = i.buyer_id
cross join lateral (
  select x.amount_minor, least(x.paid_on, %(as_of)s::date) as until_on, false as is_open
  from (select sum(a.amount_minor)::bigint as amount_minor, max(y.paid_on) as paid_on
        from allocation a
        join payment y on y.seller_id = a.seller_id and y.id = a.payment_id
        -- Nothing was ever allocated to an open one.
        where i.state <> 'open'
          and a.seller_id = i.seller_id and a.invoice_id = i.id and a.allocated_on <= %(as_of)s
        group by a.payment_id) x
  where x.amount_minor > 0
  union all
  select case i.state when 'open' then i.amount_minor else i.amount_minor - paid_until(i.id, %(as_of)s) end,
         case when i.state = 'written_off' then least(i.settled_on, %(as_of)s::date) else %(as_of)s::date end,
         i.state <> 'written_off' or i.settled_on > %(as_of)s
) part
where i.seller_id = (select current_seller())
  and i.kind = 'invoice'
  and i.due_on < %(as_of)s
  and part.amount_minor > 0
