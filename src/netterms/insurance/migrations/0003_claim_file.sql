-- One file goes to the insurer for a buyer's default, with a part for each policy in whose time was delivered: a renewed
-- policy is another year with its own limits of liability. The file has the id of its first part.
alter table claim add column file_id uuid;
update claim set file_id = id;
alter table claim alter column file_id set not null;
create index claim_file on claim (seller_id, file_id);
