-- Answers about the whole book that took long, kept until something happens in it (kept.py). `horizon`: below this
-- transaction everything had ended when the question was asked. Nothing else refers to a row: each may go at any time.
create table kept_answer (
  seller_id uuid not null,
  key text not null,
  horizon bigint not null,
  stepped_at timestamptz,
  answer text not null,
  primary key (seller_id, key)
);
select secure_table('kept_answer', 'select, insert, update (horizon, stepped_at, answer), delete');
