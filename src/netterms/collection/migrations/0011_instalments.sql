-- A payment plan's instalments, who agreed to it and how, and what became of it (TRM-03, TRM-04).
-- Plans from before, and those agreed without a schedule, have no currency and no instalments.

alter table payment_plan
  drop constraint payment_plan_state_check,
  add constraint payment_plan_state_check check (state in ('proposed', 'awaiting_insurer_consent', 'accepted',
    'running', 'completed', 'accelerated', 'replanned', 'declined')),
  add column currency char(3),
  add column shape text check (shape in ('level', 'equal_principal')),
  add column debt_minor bigint check (debt_minor > 0),
  add column down_minor bigint check (down_minor >= 0),
  add column months smallint check (months between 1 and 12),
  add column yearly_percent numeric(7, 4),
  -- Of a sale with retention of title: some laws look at its price before a plan may be ended.
  add column retention_minor bigint,
  add column extension_ends_on date,
  add column replans smallint not null default 0,
  add column proposed_by text,
  add column proposed_at timestamptz,
  -- The debt is acknowledged in writing when the buyer accepts: the words that were agreed to are kept.
  add column acknowledged_text text,
  add column accepted_by text,
  add column accepted_how text check (accepted_how in ('phone', 'email', 'letter', 'visit', 'page')),
  add column accepted_at timestamptz,
  add column approved_by text,
  add column approved_at timestamptz,
  add column consent_note text,
  add column consented_on date,
  add column closed_on date,
  add column close_note text,
  add column due_now_minor bigint,
  add column due_now_interest_minor bigint,
  add check ((accepted_by is null) = (accepted_at is null) and (accepted_by is null) = (accepted_how is null)
         and (accepted_by is null) = (acknowledged_text is null)),
  add check ((approved_by is null) = (approved_at is null)),
  add check ((consented_on is null) = (consent_note is null)),
  add check ((currency is null) = (debt_minor is null) and (currency is null) = (months is null)
         and (currency is null) = (yearly_percent is null) and (currency is null) = (shape is null));
grant update (acknowledged_text, accepted_by, accepted_how, accepted_at, approved_by, approved_at, consent_note,
  consented_on, closed_on, close_note, due_now_minor, due_now_interest_minor) on payment_plan to netterms_app;
create index payment_plan_buyer on payment_plan (seller_id, buyer_id);
-- One plan with a schedule runs for a buyer and currency: what it pays belongs to that one.
create unique index payment_plan_running on payment_plan (seller_id, buyer_id, currency)
  where state in ('accepted', 'running') and currency is not null;

-- Number 0 is the down payment. What was paid is worked out anew by each business day.
create table plan_instalment (
  seller_id uuid not null,
  plan_id uuid not null,
  number smallint not null check (number >= 0),
  due_on date not null,
  payment_minor bigint not null check (payment_minor > 0),
  interest_minor bigint not null check (interest_minor >= 0),
  principal_minor bigint not null check (principal_minor >= 0),
  balance_minor bigint not null check (balance_minor >= 0),
  paid_minor bigint not null default 0,
  settled_on date,
  missed_on date,
  primary key (seller_id, plan_id, number),
  foreign key (seller_id, plan_id) references payment_plan (seller_id, id),
  check (payment_minor = interest_minor + principal_minor),
  check (paid_minor between 0 and payment_minor)
);
select secure_table('plan_instalment', 'select, insert, update (paid_minor, settled_on, missed_on)');
