-- Money that goes back: payments that the bank returns, refunds as the bank paid them, and both taken back.

alter table payment
  drop constraint payment_check2,
  -- What the bank took beside it, such as for a payment it returned: the seller's cost.
  add column charge_minor bigint not null default 0 check (charge_minor >= 0),
  -- A refund gives back a receipt; a receipt that has one takes that refund back.
  add constraint payment_refund_of_check check (refund_of is null or kind in ('receipt', 'refund')),
  add constraint payment_charge_check check (charge_minor = 0 or refund_of is not null);
create unique index payment_refund_taken_back on payment (seller_id, refund_of)
  where kind = 'receipt' and refund_of is not null;

alter table journal_entry
  drop constraint journal_entry_debit_account_check,
  drop constraint journal_entry_credit_account_check,
  add constraint journal_entry_debit_account_check check (debit_account in (
    'receivable', 'sales', 'sales_tax', 'interest', 'bank', 'unallocated', 'discount', 'small_difference', 'bad_debt',
    'bank_charges', 'exchange', 'exchange_difference')),
  add constraint journal_entry_credit_account_check check (credit_account in (
    'receivable', 'sales', 'sales_tax', 'interest', 'bank', 'unallocated', 'discount', 'small_difference', 'bad_debt',
    'bank_charges', 'exchange', 'exchange_difference'));

alter table bank_match
  add column kind text not null default 'payment'
    check (kind in ('payment', 'returned', 'refund', 'refund_back')),
  -- The payment that was returned or is given back, or the refund that came back.
  add column of_payment uuid,
  add column charge_minor bigint not null default 0 check (charge_minor >= 0),
  -- The entries that took back what a returned payment had settled: its undo settles just that again.
  add column undone_entries uuid[] not null default '{}',
  add constraint bank_match_of_payment_check check (kind not in ('returned', 'refund_back') or of_payment is not null);
grant update (undone_entries) on bank_match to netterms_app;
-- The line that a returned payment came with has its amount, on the same account.
create index bank_line_posted on bank_line (seller_id, account_id, amount_minor) where state = 'posted';
-- Lines of money that goes back wait seldom: whether there is one is known at once.
drop index bank_line_reversal;
create index bank_line_back on bank_line (seller_id)
  where state in ('open', 'proposed') and (amount_minor < 0 or reversal);

-- A return that was undone, for a receipt takes its refund back, may come again. One line may return what it had brought
-- several firms of a group.
alter table payment_return
  drop constraint payment_return_pkey,
  add primary key (seller_id, payment_id, refund_id);
drop index payment_return_line;
create unique index payment_return_refund on payment_return (seller_id, refund_id);
