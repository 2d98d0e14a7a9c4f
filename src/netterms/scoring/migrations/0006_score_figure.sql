-- How a seller's cards stood in a month, one row a figure: what was measured stays as it was.
create table score_figure (
  seller_id uuid not null,
  month date not null check (extract(day from month) = 1),
  role text not null check (role in ('champion', 'challenger')),
  card text not null,
  figure text not null check (figure in ('score_shift', 'attribute_shift', 'auc', 'calibration')),
  -- The attribute, or the grade.
  part text not null default '',
  value numeric(8, 4),
  expected numeric(8, 4),
  low numeric(8, 4),
  high numeric(8, 4),
  cases int not null check (cases > 0),
  defaults int check (defaults between 0 and cases),
  concern text not null check (concern in ('ok', 'watch', 'alarm')),
  since date not null,
  measured_on date not null check (measured_on > since),
  primary key (seller_id, month, role, figure, part),
  check ((figure = 'calibration') = (expected is not null and low is not null and high is not null))
);
select secure_table('score_figure', 'select, insert');
create trigger append_only before update or delete on score_figure
  for each row execute function refuse_change();

-- Since when the card in force counts: few of the many events.
create index event_card_decided on event (seller_id, business_date)
  where kind = 'scoring.card_decided';
