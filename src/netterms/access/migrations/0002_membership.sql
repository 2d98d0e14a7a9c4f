-- Who may do what for which seller, and the keys that programs use.

create table membership (
  seller_id uuid not null references seller,
  user_id bigint not null references access_user (id),
  role text not null check (role in ('owner', 'credit_manager', 'collector', 'reader')),
  primary key (seller_id, user_id)
);
select secure_table('membership', 'select, insert, update (role), delete');
-- At sign-in no seller is chosen yet: a user sees their own memberships, read only.
create policy own_membership on membership for select
  using (user_id = nullif(current_setting('netterms.user_id', true), '')::bigint);
create policy own_seller on seller for select
  using (seller_id in (select m.seller_id from membership m
                       where m.user_id = nullif(current_setting('netterms.user_id', true), '')::bigint));

create table api_key (
  seller_id uuid not null references seller,
  id uuid not null default uuidv7(),
  name text not null,
  -- SHA-256 of a 256-bit random secret: nothing to guess, so no slow hash is needed.
  key_hash char(64) not null unique,
  scopes text[] not null,
  created_at timestamptz not null,
  revoked_at timestamptz,
  primary key (seller_id, id)
);
select secure_table('api_key', 'select, insert, update (revoked_at)');
create policy presented_key on api_key for select
  using (key_hash = nullif(current_setting('netterms.key_hash', true), ''));
