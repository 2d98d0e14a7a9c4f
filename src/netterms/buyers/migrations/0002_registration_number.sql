-- A company's number in its country's register, in the one spelling of netterms.buyers.numbers.
-- Lists of invoices rarely carry it; a buyer who introduces itself at checkout does.
alter table buyer add column registration_number text collate "C" not null default ''
  check (length(registration_number) <= 40);
create unique index buyer_registration on buyer (seller_id, country, registration_number)
  where registration_number <> '';
