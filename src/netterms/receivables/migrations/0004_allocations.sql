-- Payments that wait for their invoices, settlements without money, and undo. Whoever adds a payment or an
-- allocation by hand or by set only adds the row: triggers keep what is open, what is unallocated and the journal.

-- unallocated_minor: what of a receipt settles nothing yet, or of a refund pays back nothing known yet.
-- An import allocates every payment whole, so there it is 0, and its statements write the journal.
-- offset and write_off move no money: a credit note set off against invoices, and what will never be paid.
alter table payment
  drop constraint payment_kind_check,
  drop constraint payment_amount_minor_check,
  add column unallocated_minor bigint not null default 0,
  add column channel text not null default '',
  -- What it was read from, such as the line of a bank statement: a source is taken in once.
  add column source_id uuid,
  -- The receipt of which this refund gives back an unallocated part.
  add column refund_of uuid,
  add check (kind in ('receipt', 'refund', 'offset', 'write_off')),
  add check (case when kind in ('receipt', 'refund') then amount_minor > 0 else amount_minor = 0 end),
  add check (unallocated_minor between 0 and amount_minor),
  add check (refund_of is null or kind = 'refund');
create unique index payment_source on payment (seller_id, source_id, buyer_id) where source_id is not null;
create index payment_unallocated on payment (seller_id, buyer_id, paid_on) where unallocated_minor > 0;
grant update (unallocated_minor) on payment to netterms_app;

create function stand_unallocated() returns trigger language plpgsql as $$
begin
  new.unallocated_minor := case when new.refund_of is null then new.amount_minor else 0 end;
  return new;
end $$;
create trigger stand_unallocated before insert on payment for each row
  when (new.import_id is null) execute function stand_unallocated();

-- amount_minor is what the allocation settles, in the invoice's currency: what the payment covers, and a discount
-- and a difference written off beside it. In rows of an import there is nothing beside, and entry_id is empty.
alter table allocation
  -- The source of its lines in the journal; allocations made together share it.
  add column entry_id uuid,
  -- What it takes of the payment, in the payment's currency.
  add column taken_minor bigint,
  add column discount_minor bigint not null default 0,
  add column write_off_minor bigint not null default 0,
  -- Gain (above zero) or loss by exchange rates, in the seller's currency; null where none was worked out.
  add column realised_minor bigint,
  -- The entry that this one takes back; for an allocation of an import, its payment.
  add column undoes uuid,
  -- Money that came after a write-off: a row below zero of the write-off, and one of the receipt.
  add column is_recovery boolean not null default false,
  add column reason text not null default '',
  add check (entry_id is null or taken_minor is not null),
  add check (case when amount_minor > 0 then least(coalesce(taken_minor, 0), discount_minor, write_off_minor) >= 0
                  else greatest(coalesce(taken_minor, 0), discount_minor, write_off_minor) <= 0 end);
create index allocation_payment on allocation (seller_id, payment_id);
create trigger append_only before update or delete on allocation
  for each row execute function refuse_change();
create trigger no_truncate before truncate on allocation
  for each statement execute function refuse_change();

-- From which day on an invoice is wholly open again, where some day before it was not.
alter table invoice add column reopened_on date;
grant update (reopened_on) on invoice to netterms_app;

alter table journal_entry
  drop constraint journal_entry_source_kind_check,
  drop constraint journal_entry_debit_account_check,
  drop constraint journal_entry_credit_account_check,
  -- The source that this one takes back or corrects.
  add column reverses uuid,
  add constraint journal_entry_source_kind_check check (source_kind in (
    'invoice', 'credit_note', 'payment', 'allocation', 'undo', 'write_off', 'recovery')),
  add constraint journal_entry_debit_account_check check (debit_account in (
    'receivable', 'sales', 'sales_tax', 'bank', 'unallocated', 'discount', 'small_difference', 'bad_debt',
    'exchange', 'exchange_difference')),
  add constraint journal_entry_credit_account_check check (credit_account in (
    'receivable', 'sales', 'sales_tax', 'bank', 'unallocated', 'discount', 'small_difference', 'bad_debt',
    'exchange', 'exchange_difference'));
