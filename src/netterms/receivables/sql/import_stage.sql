-- The file's buyers and its rows as they arrive, for the length of the transaction.
create temp table staged_buyer (
  nth bigint, buyer_number text collate "C", buyer_name text, country text, email text,
  currency text, tangible_net_worth_minor bigint, annual_turnover_minor bigint
) on commit drop;

create temp table staged (
  row_no bigint, invoice_id uuid, buyer_id uuid, payment_nth bigint, payment_id uuid,
  company_code text collate "C", currency text, invoice_number text collate "C", kind text,
  issued_on date, due_on date, amount_minor bigint, open_minor bigint, settled_on date
) on commit drop
