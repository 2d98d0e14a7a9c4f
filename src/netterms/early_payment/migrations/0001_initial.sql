-- Paying early for less: what the seller offers, to whom, and what buyers accepted.

-- Each counts from a day until a later one does; rows are never changed. Amounts are in the seller's currency.
create table early_payment_policy (
  seller_id uuid not null,
  number int not null check (number > 0),
  in_force_on date not null,
  offered boolean not null,
  yearly_percent numeric not null check (yearly_percent > 0),
  least_days int not null check (least_days >= 1),
  most_days int not null check (most_days >= least_days),
  least_minor bigint not null check (least_minor >= 0),
  -- Buyers of these grades; of every grade, and of none, where it is empty.
  grades smallint[] not null,
  -- What may be given away in the offers accepted in one month; null: no bound.
  budget_minor bigint check (budget_minor >= 0),
  set_by text not null,
  set_at timestamptz not null,
  why text not null,
  primary key (seller_id, number)
);
select secure_table('early_payment_policy', 'select, insert');
create trigger append_only before update or delete on early_payment_policy
  for each row execute function refuse_change();

-- Buyers whom the seller always or never offers it, whatever their grade; null: by grade again.
create table early_payment_buyer (
  seller_id uuid not null,
  buyer_id uuid not null,
  offered boolean,
  primary key (seller_id, buyer_id),
  foreign key (seller_id, buyer_id) references buyer (seller_id, id)
);
select secure_table('early_payment_buyer', 'select, insert, update (offered)');

-- An invoice of which a buyer accepted to pay less on or before a day. The last one of an invoice counts. What became
-- of it follows from the payments (sql/acceptances.sql): no row is ever changed.
create table early_payment (
  seller_id uuid not null,
  invoice_id uuid not null,
  number int not null check (number > 0),
  -- Invoices that were accepted together share it.
  agreed_id uuid not null,
  buyer_id uuid not null,
  pay_by date not null,
  currency char(3) not null,
  open_minor bigint not null,
  pay_minor bigint not null check (pay_minor > 0),
  -- What is given away, in the seller's currency of that day.
  home_minor bigint not null check (home_minor >= 0),
  yearly_percent numeric not null,
  policy_number int not null,
  accepted_on date not null,
  accepted_at timestamptz not null,
  accepted_by text not null check (accepted_by <> ''),
  channel text not null check (channel in ('page', 'person', 'api')),
  primary key (seller_id, invoice_id, number),
  check (pay_minor < open_minor),
  check (pay_by >= accepted_on),
  foreign key (seller_id, invoice_id) references invoice (seller_id, id)
);
create index early_payment_buyer_of on early_payment (seller_id, buyer_id, accepted_on);
create index early_payment_month on early_payment (seller_id, accepted_on);
select secure_table('early_payment', 'select, insert');
create trigger append_only before update or delete on early_payment
  for each row execute function refuse_change();
