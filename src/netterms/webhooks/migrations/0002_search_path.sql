-- It runs as the owner. Unless named last, a session's temporary objects come first: a temporary view of the
-- application's named like the table would be read in its place, and would run its functions as the owner.
alter function webhook_sellers() set search_path = public, pg_temp;
