-- What a seller has decided about buyers it does not know, and what came of it.

-- Every version ever written stays: a decision names its own. A version that was never put in force
-- is a draft.
create table checkout_policy (
  seller_id uuid not null,
  version int not null check (version > 0),
  terms jsonb not null,
  made_at timestamptz not null,
  made_by text not null,
  why text not null,
  primary key (seller_id, version)
);
select secure_table('checkout_policy', 'select, insert');

-- Which version counted from when on; the newest row counts now. Without one, version 0: the
-- policy that the program brings.
create table checkout_policy_in_force (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  version int not null,
  since timestamptz not null,
  put_by text not null,
  why text not null,
  primary key (seller_id, id),
  foreign key (seller_id, version) references checkout_policy (seller_id, version)
);
select secure_table('checkout_policy_in_force', 'select, insert');

-- A decision about an order of a new buyer, with everything it was made from.
create table newcomer_decision (
  seller_id uuid not null,
  order_id uuid not null,
  buyer_id uuid not null,
  policy_version int not null check (policy_version >= 0),
  facts jsonb not null,
  verdict text not null check (verdict in ('approve', 'review', 'decline')),
  starter_minor bigint not null check (starter_minor >= 0),
  reasons text[] not null,
  primary key (seller_id, order_id),
  foreign key (seller_id, order_id) references credit_order (seller_id, id)
);
select secure_table('newcomer_decision', 'select, insert');

-- The queue for people is short, and orders are many.
create index credit_order_pending on credit_order (seller_id, id) where state = 'pending';
