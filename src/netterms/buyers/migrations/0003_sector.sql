-- What line of business a buyer is in, in the seller's own words or codes; '' is not known.
alter table buyer add column sector text collate "C" not null default ''
  check (length(sector) <= 100);
-- Who stands below a company: a group changes with all its members.
create index buyer_parent on buyer (seller_id, parent_id) where parent_id is not null;
