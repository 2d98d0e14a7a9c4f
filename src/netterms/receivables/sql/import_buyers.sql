-- Buyers the seller has not met. They are written to in Chinese in China, in the seller's language where
-- their country is not known, and in English elsewhere.
insert into buyer (seller_id, id, buyer_number, name, country, email, language, accounts_currency,
                   tangible_net_worth_minor, annual_turnover_minor)
select %(seller)s, s.id, s.buyer_number, s.buyer_name, s.country, s.email,
       case s.country when 'CN' then 'zh-hans' when '' then seller.language else 'en' end, s.currency,
       s.tangible_net_worth_minor, s.annual_turnover_minor
from staged_buyer s
join seller on seller.seller_id = %(seller)s
where not exists (select from buyer b
                  where b.seller_id = %(seller)s and b.buyer_number = s.buyer_number)
-- The console may add the same buyer at the same moment.
on conflict (seller_id, buyer_number) do nothing
