-- The ladder's memory: at which stage an invoice stands, and what was or must be done about it.

create table invoice_stage (
  seller_id uuid not null,
  invoice_id uuid not null,
  stage smallint not null check (stage between 1 and 4),
  since date not null,
  primary key (seller_id, invoice_id)
);
select secure_table('invoice_stage', 'select, insert, update, delete');

create table collection_case (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  buyer_id uuid not null,
  state text not null default 'open' check (state in ('open', 'promised', 'in_plan', 'disputed', 'handed_over',
    'claimed', 'closed_paid', 'closed_written_off')),
  stage smallint not null check (stage between 1 and 4),
  opened_on date not null,
  stage_since date not null,
  closed_on date,
  primary key (seller_id, id),
  foreign key (seller_id, buyer_id) references buyer (seller_id, id),
  check ((state in ('closed_paid', 'closed_written_off')) = (closed_on is not null))
);
create unique index case_open on collection_case (seller_id, buyer_id) where closed_on is null;
select secure_table('collection_case', 'select, insert, update (state, stage, stage_since, closed_on)');

-- One thing to do for a buyer at a stage. Reminders are sent by a job, tasks are done by people.
create table collection_action (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  case_id uuid not null,
  buyer_id uuid not null,
  stage smallint not null check (stage between 1 and 4),
  step text not null check (step in ('email_reminder', 'call', 'letter', 'legal_step', 'claim_file', 'policy_notice')),
  planned_on date not null,
  due_on date not null,
  state text not null default 'planned' check (state in ('planned', 'sending', 'done', 'failed', 'cancelled')),
  facts jsonb not null,
  attempts smallint not null default 0,
  done_at timestamptz,
  outcome text not null default '',
  primary key (seller_id, id),
  unique (seller_id, case_id, stage, step, planned_on),
  foreign key (seller_id, case_id) references collection_case (seller_id, id)
);
create index action_planned on collection_action (seller_id, state, due_on) where state in ('planned', 'sending');
create index action_buyer on collection_action (seller_id, buyer_id, planned_on);
select secure_table('collection_action', 'select, insert, update (state, done_at, outcome, attempts, facts)');

create table promise (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  buyer_id uuid not null,
  currency char(3) not null,
  amount_minor bigint not null check (amount_minor > 0),
  made_on date not null,
  promised_for date not null check (promised_for >= made_on),
  payer text not null check (payer <> ''),
  channel text not null check (channel in ('phone', 'email', 'letter', 'visit', 'page')),
  state text not null default 'open' check (state in ('open', 'kept', 'broken', 'replaced')),
  closed_on date,
  primary key (seller_id, id),
  foreign key (seller_id, buyer_id) references buyer (seller_id, id)
);
create index promise_open on promise (seller_id, buyer_id) where state = 'open';
select secure_table('promise', 'select, insert, update (state, closed_on)');

create table payment_plan (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  buyer_id uuid not null,
  state text not null check (state in ('proposed', 'awaiting_insurer_consent', 'accepted', 'running', 'completed',
    'accelerated', 'replanned')),
  started_on date not null,
  ends_on date not null,
  primary key (seller_id, id),
  foreign key (seller_id, buyer_id) references buyer (seller_id, id)
);
select secure_table('payment_plan', 'select, insert, update (state)');

create table payment_plan_invoice (
  seller_id uuid not null,
  plan_id uuid not null,
  invoice_id uuid not null,
  primary key (seller_id, plan_id, invoice_id),
  foreign key (seller_id, plan_id) references payment_plan (seller_id, id),
  foreign key (seller_id, invoice_id) references invoice (seller_id, id)
);
create index plan_of_invoice on payment_plan_invoice (seller_id, invoice_id);
select secure_table('payment_plan_invoice', 'select, insert');
