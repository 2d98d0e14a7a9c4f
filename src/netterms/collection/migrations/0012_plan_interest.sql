-- The interest of a plan as papers of the ledger: a debit note an instalment, a credit note where the plan ended
-- before that interest was earned, and a last debit note (without a number) for the days until a plan ended early.
alter table payment_plan
  drop constraint payment_plan_state_check,
  add constraint payment_plan_state_check check (state in ('proposed', 'awaiting_insurer_consent', 'accepted',
    'running', 'completed', 'accelerated', 'replanned', 'declined', 'cancelled'));

create table plan_interest (
  seller_id uuid not null,
  invoice_id uuid not null,
  plan_id uuid not null,
  number smallint check (number > 0),
  credit_note_id uuid,
  primary key (seller_id, invoice_id),
  foreign key (seller_id, plan_id) references payment_plan (seller_id, id),
  foreign key (seller_id, invoice_id) references invoice (seller_id, id),
  foreign key (seller_id, credit_note_id) references invoice (seller_id, id),
  -- The interest of an instalment, and that of the last days, is booked once.
  unique nulls not distinct (seller_id, plan_id, number)
);
select secure_table('plan_interest', 'select, insert, update (credit_note_id)');
