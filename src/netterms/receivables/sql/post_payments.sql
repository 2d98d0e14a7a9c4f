-- The journal of payments that no import brought: money in or out, unallocated until an allocation says what it
-- settles. A refund of a receipt takes from what that one has unallocated; the CHECK refuses more. A receipt of a
-- refund takes that one back. What the bank charged beside it is the seller's cost.
create or replace function post_payments() returns trigger language plpgsql as $$
begin
  if not exists (select from added where import_id is null) then
    return null;
  end if;
  if exists (
    select from added a
    left join payment r on r.seller_id = a.seller_id and r.id = a.refund_of
    where a.refund_of is not null
      and ((r.kind, r.currency, r.buyer_id)
             is distinct from (case a.kind when 'refund' then 'receipt' else 'refund' end, a.currency, a.buyer_id)
           or a.kind = 'receipt' and a.amount_minor <> r.amount_minor)
  ) then
    raise exception 'a refund gives back a receipt of its buyer and currency, and is taken back whole'
      using errcode = 'check_violation';
  end if;
  update payment p set unallocated_minor = p.unallocated_minor - a.minor
  from (select seller_id, refund_of, sum(amount_minor) as minor from added
        where kind = 'refund' and refund_of is not null group by 1, 2) a
  where p.seller_id = a.seller_id and p.id = a.refund_of;
  -- Taken back, its money is with the receipt again that it gave back; without one nothing of it is left to explain.
  update payment p
  set unallocated_minor = p.unallocated_minor + case p.kind when 'receipt' then a.minor else -a.minor end
  from (select x.seller_id, coalesce(r.refund_of, r.id) as id, sum(x.amount_minor) as minor
        from added x join payment r on r.seller_id = x.seller_id and r.id = x.refund_of
        where x.kind = 'receipt' group by 1, 2) a
  where p.seller_id = a.seller_id and p.id = a.id;
  insert into journal_entry (seller_id, source_id, line, source_kind, booked_on, debit_account, credit_account,
                             currency, amount_minor, buyer_id, reverses)
  select a.seller_id, a.id, l.line, 'payment', greatest(a.paid_on, (select closed_until()) + 1),
         case a.kind when 'receipt' then 'bank' else l.account end,
         case a.kind when 'receipt' then l.account else 'bank' end,
         a.currency, l.minor, a.buyer_id, a.refund_of
  from added a
  cross join lateral (values (1, 'unallocated', a.amount_minor), (2, 'bank_charges', a.charge_minor))
    l(line, account, minor)
  where a.import_id is null and l.minor > 0
  order by a.id, l.line;
  return null;
end $$;
