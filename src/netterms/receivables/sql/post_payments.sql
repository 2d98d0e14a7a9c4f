-- The journal of payments that no import brought: money in or out, unallocated until an allocation says what it
-- settles. A refund of a receipt takes from what that one has unallocated; the CHECK refuses more.
create or replace function post_payments() returns trigger language plpgsql as $$
begin
  if not exists (select from added where import_id is null) then
    return null;
  end if;
  if exists (
    select from added a
    left join payment r on r.seller_id = a.seller_id and r.id = a.refund_of
    where a.refund_of is not null
      and (r.kind, r.currency, r.buyer_id) is distinct from ('receipt', a.currency, a.buyer_id)
  ) then
    raise exception 'a refund gives back a receipt of its buyer and currency' using errcode = 'check_violation';
  end if;
  update payment p set unallocated_minor = p.unallocated_minor - a.minor
  from (select seller_id, refund_of, sum(amount_minor) as minor from added where refund_of is not null group by 1, 2) a
  where p.seller_id = a.seller_id and p.id = a.refund_of;
  insert into journal_entry (seller_id, source_id, source_kind, booked_on, debit_account, credit_account, currency,
                             amount_minor, buyer_id, reverses)
  select a.seller_id, a.id, 'payment', greatest(a.paid_on, (select closed_until()) + 1),
         case a.kind when 'receipt' then 'bank' else 'unallocated' end,
         case a.kind when 'receipt' then 'unallocated' else 'bank' end,
         a.currency, a.amount_minor, a.buyer_id, a.refund_of
  from added a
  where a.import_id is null and a.amount_minor > 0
  order by a.id;
  return null;
end $$;
