-- Held to the end of the transaction by whoever opens a line, sets a cap or moves lines between caps: each
-- sees all that the one before it did. Taken before any line and any cap.
create or replace function lock_caps() returns void
  language sql
  return pg_advisory_xact_lock(hashtextextended('caps/' || current_seller()::text, 0));
