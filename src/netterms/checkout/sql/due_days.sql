-- The days on which equal instalments are due, as JSON.
create or replace function due_days(from_day date, net_days int, instalments int) returns jsonb
  language sql immutable
  return (select jsonb_agg(from_day + n * net_days order by n) from generate_series(1, instalments) n);
