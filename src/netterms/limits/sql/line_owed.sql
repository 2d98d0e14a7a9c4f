-- What `buyers` (null: all of the seller's) owe on each of their lines, counted from the invoices: open
-- invoices less open credit notes. An open invoice counts on the line its order was held on, as far as it is open;
-- one without an order on the line of its currency, or on the line in the seller's own at the rate of its day.
-- Lines that owe nothing are left out.
create or replace function line_owed(p_buyers uuid[]) returns table (buyer_id uuid, currency char(3), owed bigint)
  language sql stable
as $$
  with home as materialized (
    select s.currency from seller s where s.seller_id = (select current_seller())
  ),
  mine as materialized (
    select l.buyer_id, l.currency from credit_line l
    where l.seller_id = (select current_seller()) and (p_buyers is null or l.buyer_id = any (p_buyers))
  )
  select m.buyer_id, m.currency,
         sum(case i.kind when 'invoice' then 1 else -1 end
             * case when i.line_currency is not null
                    then half_up(i.open_minor::numeric * i.line_minor / i.amount_minor)
                    when i.currency = m.currency then i.open_minor
                    else half_up(i.open_minor * newest_minor_rate(i.currency, m.currency, i.issued_on)) end)::bigint
  from mine m
  join invoice i
    on i.seller_id = (select current_seller()) and i.buyer_id = m.buyer_id and i.open_minor > 0
   and case when i.line_currency is not null then i.line_currency = m.currency
            else i.currency = m.currency
                 or (m.currency = (select h.currency from home h)
                     and not exists (select from mine o where o.buyer_id = i.buyer_id and o.currency = i.currency))
       end
  group by m.buyer_id, m.currency
$$;
