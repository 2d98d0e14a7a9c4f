-- Receipts that came back: a direct debit or a cheque that the bank did not honour. What they settled is undone and
-- their money leaves by a refund; this says which refund, so that it is not taken for a mistake put right.
create table payment_return (
  seller_id uuid not null,
  payment_id uuid not null,
  buyer_id uuid not null,
  refund_id uuid not null,
  -- The line of the bank statement that tells of it, if one does.
  line_id uuid,
  returned_on date not null,
  known_on date not null check (known_on >= returned_on),
  reason text not null check (reason <> ''),
  entered_by text not null,
  entered_at timestamptz not null,
  primary key (seller_id, payment_id),
  foreign key (seller_id, payment_id) references payment (seller_id, id),
  foreign key (seller_id, refund_id) references payment (seller_id, id)
);
create index payment_return_buyer on payment_return (seller_id, buyer_id);
create index payment_return_known on payment_return (seller_id, known_on);
create unique index payment_return_line on payment_return (seller_id, line_id) where line_id is not null;
select secure_table('payment_return', 'maintain, select, insert');
create trigger append_only before update or delete on payment_return
  for each row execute function refuse_change();
create index bank_line_reversal on bank_line (seller_id, booked_on) where reversal and amount_minor < 0;
