-- The file's buyers and its rows as they arrive, for the length of the transaction. Columns of one
-- width that are never null stand first, as they are read fastest.
create temp table staged_buyer (
  nth bigint, id uuid, buyer_number text collate "C", buyer_name text, country text, email text,
  currency text, tangible_net_worth_minor bigint, annual_turnover_minor bigint
) on commit drop;

create temp table staged (
  row_no bigint, invoice_id uuid, buyer_id uuid, amount_minor bigint, open_minor bigint,
  issued_on date, due_on date, currency char(3), kind text, payment_id uuid,
  settled_on date, company_code text collate "C", invoice_number text collate "C"
) on commit drop
