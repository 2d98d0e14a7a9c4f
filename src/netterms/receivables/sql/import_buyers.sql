-- Buyers the seller has not met. The file's last row speaks for a buyer it names twice.
insert into buyer (seller_id, buyer_number, name, country, email, accounts_currency,
                   tangible_net_worth_minor, annual_turnover_minor)
select distinct on (s.buyer_number)
       %(seller)s, s.buyer_number, s.buyer_name, s.country, s.email, s.currency,
       s.tangible_net_worth_minor, s.annual_turnover_minor
from staged s
order by s.buyer_number, s.row_no desc
on conflict (seller_id, buyer_number) do nothing
