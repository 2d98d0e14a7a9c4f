-- What an amount counts for on a line at `rate`: nothing is so small that it counts for nothing, else any number
-- of orders would get past a limit. Of parts of an amount count the steps of their sum: no rounding adds up.
create or replace function lined_minor(amount bigint, rate numeric) returns bigint
  language sql immutable parallel safe
  return case when rate = 1 or amount = 0 then amount else greatest(half_up(amount * rate), 1) end;
