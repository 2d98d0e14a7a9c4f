-- Something a person should look at. One open alert a buyer and kind.
create table alert (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  buyer_id uuid not null,
  kind text not null check (kind in ('grade_worse', 'over_limit', 'late_first_time', 'deadline_near',
    'concentration', 'review_due', 'payment_slower')),
  severity smallint not null check (severity between 1 and 3),
  raised_on date not null,
  facts jsonb not null,
  closed_on date,
  primary key (seller_id, id),
  foreign key (seller_id, buyer_id) references buyer (seller_id, id)
);
create unique index alert_open on alert (seller_id, buyer_id, kind) where closed_on is null;
select secure_table('alert', 'select, insert, update (closed_on)');
