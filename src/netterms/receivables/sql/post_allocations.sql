-- What follows from allocations that no import brought (entry_id is given): what payments have left, what invoices
-- have open, and the journal. Beyond either the CHECKs of payment and invoice refuse. Undone allocations are rows
-- with amounts below zero, whose lines in the journal are the same ones the other way.
create or replace function post_allocations() returns trigger language plpgsql as $$
declare
  home char(3);
begin
  if not exists (select from added where entry_id is not null) then
    return null;
  end if;
  -- Payments before invoices, each by id: the order of every lock. Locked by a statement of its own, so that the
  -- next one sees what others committed while this one waited.
  perform from payment p
  where p.seller_id = (select current_seller())
    and p.id in (select payment_id from added where entry_id is not null)
  order by p.id for update;
  perform from invoice i
  where i.seller_id = (select current_seller())
    and i.id in (select invoice_id from added where entry_id is not null)
  order by i.id for update;
  select currency into home from seller where seller_id = (select current_seller());

  if exists (
    select from added a
    join payment p on p.seller_id = a.seller_id and p.id = a.payment_id
    join invoice i on i.seller_id = a.seller_id and i.id = a.invoice_id
    where a.entry_id is not null
      and (p.buyer_id <> i.buyer_id
           or p.currency = i.currency and a.amount_minor <> a.taken_minor + a.discount_minor + a.write_off_minor
           or i.kind = 'credit_note' and (a.discount_minor <> 0 or a.write_off_minor <> 0)
           or p.kind = 'write_off' and a.taken_minor <> 0
           or p.kind = 'refund' and i.kind = 'invoice' and a.discount_minor <> 0)
  ) then
    raise exception 'an allocation settles more or less than it says, or an invoice of another buyer'
      using errcode = 'check_violation';
  end if;

  -- An invoice uses a receipt up, a credit note adds to what there is to allocate; of a refund the other way.
  update payment p set unallocated_minor = p.unallocated_minor - a.minor
  from (
    select x.seller_id, x.payment_id,
           sum(case when (q.kind = 'refund') = (i.kind = 'credit_note') then x.taken_minor else -x.taken_minor end) as minor
    from added x
    join payment q on q.seller_id = x.seller_id and q.id = x.payment_id
    join invoice i on i.seller_id = x.seller_id and i.id = x.invoice_id
    where x.entry_id is not null
    group by 1, 2
  ) a
  where p.seller_id = a.seller_id and p.id = a.payment_id and a.minor <> 0;

  update invoice i
  set open_minor = x.open_minor,
      state = case when x.open_minor = i.amount_minor then 'open' when x.open_minor > 0 then 'part_paid'
                   when x.lost_minor > 0 then 'written_off' when x.was_recovered then 'recovered' else 'paid' end,
      settled_on = case when x.open_minor = 0 then x.last_on end,
      reopened_on = case when x.open_minor = i.amount_minor then x.last_on end
  from (
    -- A day whose rows add up to nothing changed nothing.
    select d.id, d.amount_minor - sum(d.minor) as open_minor, max(d.allocated_on) filter (where d.minor <> 0) as last_on,
           sum(d.lost_minor) as lost_minor, bool_or(d.was_recovered) as was_recovered
    from (
      select v.id, v.amount_minor, a.allocated_on, sum(a.amount_minor) as minor,
             sum(case when p.kind = 'write_off' then a.write_off_minor else 0 end) as lost_minor,
             bool_or(a.is_recovery) as was_recovered
      from invoice v
      join allocation a on a.seller_id = v.seller_id and a.invoice_id = v.id
      join payment p on p.seller_id = a.seller_id and p.id = a.payment_id
      where v.seller_id = (select current_seller())
        and v.id in (select invoice_id from added where entry_id is not null)
      group by v.id, v.amount_minor, a.allocated_on
    ) d
    group by d.id, d.amount_minor
  ) x
  where i.seller_id = (select current_seller()) and i.id = x.id;

  insert into journal_entry (seller_id, source_id, line, source_kind, booked_on, debit_account, credit_account,
                             currency, amount_minor, buyer_id, reverses)
  select a.seller_id, a.entry_id,
         row_number() over (partition by a.entry_id order by a.invoice_id, a.payment_id, a.sequence, l.part),
         case when a.undoes is not null then 'undo' when a.is_recovery then 'recovery'
              when p.kind = 'write_off' then 'write_off' else 'allocation' end,
         a.allocated_on,
         case when l.minor > 0 then l.debit else l.credit end,
         case when l.minor > 0 then l.credit else l.debit end,
         l.currency, abs(l.minor), p.buyer_id, a.undoes
  from added a
  join payment p on p.seller_id = a.seller_id and p.id = a.payment_id
  join invoice i on i.seller_id = a.seller_id and i.id = a.invoice_id
  cross join lateral (
    select case i.kind when 'invoice' then 1 else -1 end as sign,
           a.amount_minor - a.discount_minor - a.write_off_minor as covered
  ) s
  -- Between two currencies each gives way to the account `exchange`, which holds what one was given for the other.
  cross join lateral (values
    (1, 'unallocated', case when p.currency = i.currency then 'receivable' else 'exchange' end, p.currency,
     a.taken_minor * s.sign),
    (2, 'exchange', 'receivable', i.currency, case when p.currency = i.currency then 0 else s.covered * s.sign end),
    (3, 'discount', 'receivable', i.currency, a.discount_minor),
    (4, case p.kind when 'write_off' then 'bad_debt' else 'small_difference' end, 'receivable', i.currency,
     a.write_off_minor),
    (5, 'exchange', 'exchange_difference', home, coalesce(a.realised_minor, 0))
  ) l(part, debit, credit, currency, minor)
  where a.entry_id is not null and l.minor <> 0
  order by a.entry_id;
  return null;
end $$;
