-- Every invoice as a list of them would tell it (`LEDGER_COLUMNS` of queries.py). A buyer's net worth and turnover
-- count in the currency they are in. What was written off was never paid: it stays open, with the part given up.
select row_number() over (order by i.issued_on, i.id) as row_no, b.buyer_number,
       b.name as buyer_name, b.country, i.currency::text as currency, i.invoice_number, i.kind,
       i.issued_on, i.due_on, i.amount_minor,
       case i.state when 'written_off' then coalesce(w.minor, 0) else i.open_minor end
         as open_minor,
       case when i.state <> 'written_off' then i.settled_on end as settled_on,
       case when b.accounts_currency = i.currency then b.tangible_net_worth_minor end
         as tangible_net_worth_minor,
       case when b.accounts_currency = i.currency then b.annual_turnover_minor end
         as annual_turnover_minor
from invoice i
join buyer b on b.seller_id = i.seller_id and b.id = i.buyer_id
left join (
  select a.invoice_id, sum(a.write_off_minor) as minor
  from allocation a
  join payment p on p.seller_id = a.seller_id and p.id = a.payment_id
  where a.seller_id = current_seller() and p.kind = 'write_off'
  group by a.invoice_id
) w on w.invoice_id = i.id
where i.seller_id = current_seller()
