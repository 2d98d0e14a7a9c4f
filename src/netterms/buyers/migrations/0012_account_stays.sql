-- An account that another is to replace stays in force until that one is confirmed: entering an account
-- cuts nobody off. Those that were ended by one that still waits come back, but where they were entered anew.
update buyer_bank_account a set ended_on = null
where a.ended_on is not null and a.rejected_on is null
  and exists (
    select from buyer_bank_account w
    where w.seller_id = a.seller_id and w.replaces = a.id and w.is_change and w.confirmed_on is null
      and w.ended_on is null)
  and not exists (
    select from buyer_bank_account c
    where c.seller_id = a.seller_id and c.replaces = a.id and c.confirmed_on is not null)
  and not exists (
    select from buyer_bank_account n
    where n.seller_id = a.seller_id and n.buyer_id = a.buyer_id and n.country = a.country
      and n.bank_code = a.bank_code and n.number = a.number
      and (n.ended_on is null or n.id > a.id));
