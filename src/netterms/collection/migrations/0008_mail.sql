-- Mail that came in: read from a mailbox once, attached to a buyer or waiting for a person.

-- How far a mailbox was read. A new validity of its numbers starts it anew; Message-IDs keep what is known.
create table mail_box (
  seller_id uuid not null,
  box text not null check (box <> ''),
  uid_validity bigint not null,
  last_uid bigint not null,
  read_at timestamptz not null,
  primary key (seller_id, box)
);
select secure_table('mail_box', 'select, insert, update (uid_validity, last_uid, read_at)');

create table mail_message (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  -- Of the message as it came; a message without a Message-ID has one made of its content.
  message_id text not null check (length(message_id) between 1 and 998),
  kind text not null check (kind in ('reply', 'bounce', 'automatic')),
  from_address text not null,
  from_name text not null default '',
  subject text not null default '',
  said_at timestamptz,
  received_at timestamptz not null,
  text text not null default '',
  -- Longer than what is kept.
  is_cut boolean not null default false,
  buyer_id uuid,
  case_id uuid,
  letter_id uuid,
  action_id uuid,
  state text not null check (state in ('attached', 'waiting', 'put_away')),
  found_by text not null default '' check (found_by in ('', 'reference', 'address', 'person')),
  handled_by text not null default '',
  primary key (seller_id, id),
  unique (seller_id, message_id),
  foreign key (seller_id, buyer_id) references buyer (seller_id, id),
  foreign key (seller_id, case_id) references collection_case (seller_id, id),
  foreign key (seller_id, letter_id) references letter (seller_id, id),
  check (state <> 'attached' or buyer_id is not null)
);
create index mail_buyer on mail_message (seller_id, buyer_id, received_at);
create index mail_waiting on mail_message (seller_id, received_at) where state = 'waiting';
select secure_table('mail_message', 'select, insert, update (buyer_id, case_id, state, found_by, handled_by)');

-- Files of a message. Only kinds that are shown and nothing else are kept; of the others the name is.
create table mail_file (
  seller_id uuid not null,
  mail_id uuid not null,
  place smallint not null check (place > 0),
  name text not null,
  kind text not null,
  bytes bigint not null check (bytes >= 0),
  content bytea check (length(content) between 1 and 5242880),
  sha256 char(64) not null,
  left_out text not null default '' check (left_out in ('', 'kind', 'size', 'number')),
  primary key (seller_id, mail_id, place),
  foreign key (seller_id, mail_id) references mail_message (seller_id, id),
  check ((left_out = '') = (content is not null))
);
select secure_table('mail_file', 'select, insert');

-- Addresses that mail came back from.
create table mail_bounce (
  seller_id uuid not null,
  address text not null check (address <> ''),
  reason text not null default '',
  bounced_on date not null,
  mail_id uuid not null,
  cleared_on date,
  cleared_by text not null default '',
  primary key (seller_id, address, mail_id),
  foreign key (seller_id, mail_id) references mail_message (seller_id, id)
);
create index mail_bounce_open on mail_bounce (seller_id, address) where cleared_on is null;
select secure_table('mail_bounce', 'select, insert, update (cleared_on, cleared_by)');
