-- A challenger in shadow scores the same buyers on the same days as the card in force. Nothing that
-- decides reads what it says, so it stands in a table of its own.
alter table scorecard_version drop constraint scorecard_version_state_check;
alter table scorecard_version add constraint scorecard_version_state_check
  check (state in ('candidate', 'shadow', 'champion', 'retired'));
create unique index scorecard_shadow on scorecard_version (seller_id) where state = 'shadow';

create table shadow_score (
  seller_id uuid not null,
  version int not null,
  buyer_id uuid not null,
  currency char(3) not null,
  scored_on date not null,
  score numeric(8, 2) not null,
  pd numeric(8, 6) not null check (pd between 0 and 1),
  grade smallint not null check (grade between 1 and 10),
  primary key (seller_id, version, buyer_id, currency, scored_on),
  foreign key (seller_id, buyer_id) references buyer (seller_id, id),
  foreign key (seller_id, version) references scorecard_version (seller_id, version)
);
select secure_table('shadow_score', 'maintain, select, insert');
