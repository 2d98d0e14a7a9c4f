-- Buyers the seller has not met.
insert into buyer (seller_id, id, buyer_number, name, country, email, accounts_currency,
                   tangible_net_worth_minor, annual_turnover_minor)
select %(seller)s, s.id, s.buyer_number, s.buyer_name, s.country, s.email, s.currency,
       s.tangible_net_worth_minor, s.annual_turnover_minor
from staged_buyer s
where not exists (select from buyer b
                  where b.seller_id = %(seller)s and b.buyer_number = s.buyer_number)
-- The console may add the same buyer at the same moment.
on conflict (seller_id, buyer_number) do nothing
