-- The seller's own credit insurance policy. Field names: rule book section 1.2.
create table insurance_policy (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  insurer text not null,
  policy_number text not null,
  currency char(3) not null,
  starts_on date not null,
  ends_on date not null check (ends_on > starts_on),
  terms jsonb not null,
  primary key (seller_id, id),
  unique (seller_id, policy_number)
);
select secure_table('insurance_policy', 'select, insert, update (terms)');

create table insured_limit (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  policy_id uuid not null,
  buyer_id uuid not null,
  kind text not null check (kind in ('named', 'discretionary', 'base_cover')),
  amount_minor bigint not null check (amount_minor >= 0),
  starts_on date not null,
  ends_on date,
  primary key (seller_id, id),
  foreign key (seller_id, policy_id) references insurance_policy (seller_id, id),
  foreign key (seller_id, buyer_id) references buyer (seller_id, id)
);
create index insured_limit_buyer on insured_limit (seller_id, buyer_id, starts_on);
select secure_table('insured_limit', 'select, insert, update (ends_on)');

-- What the policy asks by when, for one buyer's oldest unpaid invoice (TCI-08 to TCI-13).
create table policy_deadline (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  policy_id uuid not null,
  buyer_id uuid not null,
  invoice_id uuid not null,
  kind text not null check (kind in ('stop_shipment', 'overdue_notice', 'hand_over', 'date_of_loss', 'claim_filing')),
  due_on date not null,
  rule text not null,
  state text not null default 'open' check (state in ('open', 'done', 'lapsed', 'settled')),
  closed_on date,
  primary key (seller_id, id),
  unique (seller_id, policy_id, invoice_id, kind),
  foreign key (seller_id, policy_id) references insurance_policy (seller_id, id),
  foreign key (seller_id, invoice_id) references invoice (seller_id, id),
  check ((state = 'open') = (closed_on is null))
);
create index policy_deadline_open on policy_deadline (seller_id, due_on) where state = 'open';
select secure_table('policy_deadline', 'select, insert, update (due_on, state, closed_on)');

create table claim (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  policy_id uuid not null,
  buyer_id uuid not null,
  currency char(3) not null,
  peril text not null check (peril in ('insolvency', 'protracted_default', 'political')),
  state text not null default 'preparing' check (state in ('preparing', 'notified', 'filed', 'information_asked',
    'admitted', 'part_admitted', 'refused', 'paid', 'recovering', 'closed')),
  opened_on date not null,
  date_of_loss date not null,
  gross_minor bigint not null,
  insured_minor bigint not null,
  indemnity_minor bigint not null,
  working jsonb not null,
  primary key (seller_id, id),
  foreign key (seller_id, policy_id) references insurance_policy (seller_id, id),
  foreign key (seller_id, buyer_id) references buyer (seller_id, id)
);
create unique index claim_running on claim (seller_id, policy_id, buyer_id, currency)
  where state not in ('refused', 'closed');
select secure_table('claim', 'select, insert, update (state, gross_minor, insured_minor, indemnity_minor, working)');
