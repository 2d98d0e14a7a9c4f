-- What was heard of a buyer's insolvency, and from which day on it was known. Never edited: one that was wrong
-- or was taken back is marked as withdrawn, and counts no more from that day on.
create table insolvency_notice (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  buyer_id uuid not null,
  kind text not null check (kind in ('sign', 'opened')),
  dated_on date not null,
  -- Who told: a gazette, a register, a person. Empty for a day that was entered with the master data.
  source text not null,
  reference text not null default '',
  words text not null default '',
  known_on date not null check (known_on >= dated_on),
  entered_by text not null,
  entered_at timestamptz not null,
  withdrawn_on date check (withdrawn_on >= known_on),
  withdrawn_by text,
  withdrawn_why text,
  primary key (seller_id, id),
  foreign key (seller_id, buyer_id) references buyer (seller_id, id),
  check ((withdrawn_on is null) = (withdrawn_by is null)),
  check ((withdrawn_on is null) = (coalesce(withdrawn_why, '') = ''))
);
create index insolvency_notice_buyer on insolvency_notice (seller_id, buyer_id);
create index insolvency_notice_known on insolvency_notice (seller_id, known_on);
select secure_table('insolvency_notice',
  'maintain, select, insert, update (withdrawn_on, withdrawn_by, withdrawn_why)');
create trigger keep before delete on insolvency_notice for each row execute function refuse_delete();

-- Days of insolvency that are there already: known since somebody told of them.
insert into insolvency_notice (seller_id, buyer_id, kind, dated_on, source, known_on, entered_by, entered_at)
select b.seller_id, b.id, 'opened', b.insolvent_on, '', greatest(coalesce(e.business_date, b.insolvent_on), b.insolvent_on),
       coalesce(e.actor, 'import'), coalesce(e.happened_at, now())
from buyer b
left join lateral (
  select business_date, actor, happened_at from event
  where seller_id = b.seller_id and subject_id = b.id and kind = 'buyers.buyer_insolvent'
  order by id desc limit 1
) e on true
where b.insolvent_on is not null;
