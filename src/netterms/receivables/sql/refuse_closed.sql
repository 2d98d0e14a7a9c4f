-- Bookings under way hold the period together, and closing waits for them (periods.py): nothing slips below the hash.
-- The constraint's name and the detail, the day and the last closed one, are what the doors are told
-- (store/tenancy.py).
create or replace function refuse_closed() returns trigger language plpgsql as $$
declare
  first_day date;
begin
  perform pg_advisory_xact_lock_shared(hashtextextended('period/' || current_seller(), 0));
  select min(booked_on) into first_day from added;
  if first_day <= closed_until() then
    raise exception 'the period until % is closed, and % lies in it', closed_until(), first_day
      using errcode = 'restrict_violation', constraint = 'period_closed',
            detail = format('%s %s', first_day, closed_until());
  end if;
  return null;
end $$;
