-- The sale on credit: orders, from the question at checkout to the invoice.

create table credit_order (
  seller_id uuid not null,
  id uuid not null,
  order_number text collate "C" not null check (length(order_number) between 1 and 100),
  buyer_id uuid not null,
  currency char(3) not null,
  -- Asked for, and granted of it; captured is invoiced, refunded credited after that.
  amount_minor bigint not null check (amount_minor > 0),
  authorised_minor bigint not null check (authorised_minor between 0 and amount_minor),
  captured_minor bigint not null default 0 check (captured_minor between 0 and authorised_minor),
  refunded_minor bigint not null default 0 check (refunded_minor between 0 and captured_minor),
  state text not null check (state in ('pending', 'authorised', 'part_captured', 'captured', 'declined',
                                       'voided', 'expired')),
  reasons text[] not null default '{}',
  -- The line it is held on; held_minor in the line's currency is half_up(rate * (authorised - captured))
  -- while the order lives, and rate what one minor unit of the order is there, as of rate_on.
  line_currency char(3),
  rate numeric,
  rate_on date,
  held_minor bigint not null default 0 check (held_minor >= 0),
  net_days smallint,
  discount_percent numeric(5, 2),
  discount_days smallint,
  instalments smallint,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  version bigint not null default 1,
  primary key (seller_id, id),
  unique (seller_id, order_number),
  check (held_minor = 0 or state in ('authorised', 'part_captured'))
) with (fillfactor = 80);
create index credit_order_buyer on credit_order (seller_id, buyer_id, id);
create index credit_order_lives on credit_order (seller_id, expires_at)
  where state in ('pending', 'authorised', 'part_captured');
select secure_table('credit_order', 'maintain, select, insert, update');
create trigger keep before delete on credit_order for each row execute function refuse_delete();

-- Which move an order allows in which state: netterms.checkout.moves, whose test holds the two equal.
create table order_move (
  state text not null,
  move text not null,
  primary key (state, move)
);
insert into order_move values
  ('pending', 'amend'), ('pending', 'approve'), ('pending', 'decline'), ('pending', 'void'), ('pending', 'expire'),
  ('authorised', 'amend'), ('authorised', 'capture'), ('authorised', 'void'), ('authorised', 'expire'),
  ('part_captured', 'amend'), ('part_captured', 'capture'), ('part_captured', 'void'),
  ('part_captured', 'expire'), ('part_captured', 'refund'),
  ('captured', 'refund');
revoke all on order_move from netterms_app;
grant select on order_move to netterms_app;

create function order_may(p_state text, p_move text) returns boolean
  language sql stable parallel safe
  return exists (select from order_move m where m.state = p_state and m.move = p_move);

-- Which invoices and credit notes an order became.
create table order_invoice (
  seller_id uuid not null,
  invoice_id uuid not null,
  order_id uuid not null,
  primary key (seller_id, invoice_id),
  foreign key (seller_id, invoice_id) references invoice (seller_id, id),
  foreign key (seller_id, order_id) references credit_order (seller_id, id)
);
create index order_invoice_order on order_invoice (seller_id, order_id);
select secure_table('order_invoice', 'select, insert');
