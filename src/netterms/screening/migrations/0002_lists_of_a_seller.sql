-- A list may be one seller's alone: the made-up names of a demonstration are nothing others share.
alter table watchlist add column only_for uuid references seller;
