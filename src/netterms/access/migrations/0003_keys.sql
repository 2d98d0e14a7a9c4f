-- Keys that rotate, expire and have a rate; and a twin book of each seller to try things in.

alter table api_key
  -- The secret before the last rotation opens until then.
  add column previous_hash char(64),
  add column previous_until timestamptz,
  add column expires_at timestamptz,
  add column last_used_on date,
  -- Null: as the installation has it.
  add column requests_per_second int check (requests_per_second > 0),
  add check ((previous_hash is null) = (previous_until is null));
create index api_key_previous_hash on api_key (previous_hash) where previous_hash is not null;
grant update (key_hash, previous_hash, previous_until, last_used_on) on api_key to netterms_app;
alter policy presented_key on api_key
  using (key_hash = nullif(current_setting('netterms.key_hash', true), '')
      or previous_hash = nullif(current_setting('netterms.key_hash', true), ''));

-- A twin has a seller's id of its own: every wall between sellers stands between it and the live book.
alter table seller add column test_of uuid references seller check (test_of <> seller_id);
alter policy own_seller on seller
  using (exists (select from membership m
                 where m.user_id = nullif(current_setting('netterms.user_id', true), '')::bigint
                   and m.seller_id in (seller.seller_id, seller.test_of)));
