-- What a plan asks for, as it was agreed. Another schedule is another plan that points back.
create table plan_offer (
  seller_id uuid not null,
  plan_id uuid not null,
  currency char(3) not null,
  debt_minor bigint not null check (debt_minor > 0),
  down_minor bigint not null check (down_minor between 0 and debt_minor),
  yearly_percent numeric not null check (yearly_percent between 0 and 1000),
  shape text not null check (shape in ('level', 'equal_principal')),
  acknowledged_on date not null,
  replaces_id uuid,
  primary key (seller_id, plan_id),
  foreign key (seller_id, plan_id) references payment_plan (seller_id, id),
  foreign key (seller_id, replaces_id) references payment_plan (seller_id, id)
);
select secure_table('plan_offer', 'select, insert');

-- Number 0 is the down payment, due at once.
create table plan_instalment (
  seller_id uuid not null,
  plan_id uuid not null,
  number smallint not null check (number >= 0),
  due_on date not null,
  interest_minor bigint not null check (interest_minor >= 0),
  principal_minor bigint not null check (principal_minor >= 0),
  primary key (seller_id, plan_id, number),
  foreign key (seller_id, plan_id) references plan_offer (seller_id, plan_id)
);
select secure_table('plan_instalment', 'select, insert');
