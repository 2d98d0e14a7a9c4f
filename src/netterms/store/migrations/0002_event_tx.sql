-- Which transaction wrote an event. Transactions commit in another order than their events' ids, so a
-- reader that wants every event once goes by this: below the oldest transaction still running nothing
-- can appear any more. (Stable, so the rows that are there are not rewritten.)
alter table event add column tx bigint not null default (pg_current_xact_id()::text::bigint);
-- A block range index: rows lie in about this order already, and writing costs next to nothing.
create index event_tx on event using brin (tx) with (pages_per_range = 32, autosummarize = on);
