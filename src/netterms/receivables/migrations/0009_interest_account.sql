-- Interest of an agreement (a payment plan) is income of its own, no sale.
alter table journal_entry
  drop constraint journal_entry_debit_account_check,
  drop constraint journal_entry_credit_account_check,
  add constraint journal_entry_debit_account_check check (debit_account in (
    'receivable', 'sales', 'sales_tax', 'interest', 'bank', 'unallocated', 'discount', 'small_difference', 'bad_debt',
    'exchange', 'exchange_difference')),
  add constraint journal_entry_credit_account_check check (credit_account in (
    'receivable', 'sales', 'sales_tax', 'interest', 'bank', 'unallocated', 'discount', 'small_difference', 'bad_debt',
    'exchange', 'exchange_difference'));
