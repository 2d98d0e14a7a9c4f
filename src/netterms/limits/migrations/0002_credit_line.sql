-- Credit lines, the caps above them and the dated rates between currencies.

-- A buyer's credit in one currency. held: authorised and not yet invoiced; owed: open invoices less
-- open credit notes. Available is limit + top-up - held - owed, where a buyer's credit (owed below
-- zero) does not add to the limit.
create table credit_line (
  seller_id uuid not null,
  buyer_id uuid not null,
  currency char(3) not null,
  status text not null default 'open' check (status in ('open', 'on_hold', 'closed')),
  limit_minor bigint not null check (limit_minor >= 0),
  top_up_minor bigint not null default 0 check (top_up_minor >= 0),
  top_up_until date,
  insured_minor bigint not null default 0 check (insured_minor >= 0),
  held_minor bigint not null default 0 check (held_minor >= 0),
  owed_minor bigint not null default 0,
  -- Terms offered: instalments of equal amounts, net_days apart; a discount for paying early.
  net_days smallint not null default 30 check (net_days between 0 and 365),
  discount_percent numeric(5, 2) not null default 0 check (discount_percent >= 0 and discount_percent < 100),
  discount_days smallint not null default 0 check (discount_days >= 0),
  instalments smallint not null default 1 check (instalments between 1 and 12),
  -- The caps this line counts in, and what one minor unit of it is in the seller's currency (minor
  -- units too). No rate: the line cannot be measured against a cap, and a capped order is declined.
  cap_ids uuid[] not null default '{}',
  cap_rate numeric,
  version bigint not null default 1,
  primary key (seller_id, buyer_id, currency),
  foreign key (seller_id, buyer_id) references buyer (seller_id, id),
  check ((top_up_minor = 0) = (top_up_until is null))
) with (fillfactor = 70);
select secure_table('credit_line', 'maintain, select, insert, update');
create trigger keep before delete on credit_line for each row execute function refuse_delete();

-- A limit on what a group of companies, a country, a sector or a grade may use together, in the
-- seller's currency. used_minor is the sum over its lines of capped_minor(held, owed, rate).
create table exposure_cap (
  seller_id uuid not null,
  id uuid not null default uuidv7(),
  kind text not null check (kind in ('group', 'country', 'sector', 'grade')),
  -- The ultimate parent's id, the country code, the sector, or the grade 1 to 10.
  key text not null check (key <> ''),
  limit_minor bigint not null check (limit_minor >= 0),
  used_minor bigint not null default 0,
  primary key (seller_id, id),
  unique (seller_id, kind, key)
) with (fillfactor = 50);
select secure_table('exposure_cap', 'select, insert, update, delete');

-- Units of currency for one euro, as published for a day: facts that sellers share.
create table exchange_rate (
  currency char(3) not null,
  day date not null,
  per_euro numeric not null check (per_euro > 0),
  source text not null,
  primary key (currency, day)
);
grant select, insert on exchange_rate to netterms_app;

-- How many decimals a currency's minor unit has (ISO 4217).
create or replace function currency_exponent(currency text) returns int language sql immutable parallel safe
  return case
    when currency in ('BIF','CLP','DJF','GNF','ISK','JPY','KMF','KRW','PYG','RWF','UGX','UYI','VND',
                      'VUV','XAF','XOF','XPF') then 0
    when currency in ('BHD','IQD','JOD','KWD','LYD','OMR','TND') then 3
    when currency in ('CLF','UYW') then 4
    else 2 end;

-- Minor units of one currency for one minor unit of another, at the newest rates published on or before
-- `on_day`; null when either was published more than seven days before it (a rate past its last known
-- date refuses to compute), and 1 between a currency and itself.
create or replace function minor_rate(from_currency text, to_currency text, on_day date) returns numeric
  language sql stable parallel safe
  return case when from_currency = to_currency then 1 else (
    select round(t.per_euro / s.per_euro, 12) * power(10::numeric, currency_exponent(to_currency) - currency_exponent(from_currency))
    from (select 1::numeric as per_euro where from_currency = 'EUR'
          union all
          (select per_euro from exchange_rate
           where currency = from_currency and day between on_day - 7 and on_day order by day desc limit 1)) s,
         (select 1::numeric as per_euro where to_currency = 'EUR'
          union all
          (select per_euro from exchange_rate
           where currency = to_currency and day between on_day - 7 and on_day order by day desc limit 1)) t
    limit 1) end;

-- Halves away from zero, as money is rounded everywhere.
create or replace function half_up(amount numeric) returns bigint language sql immutable parallel safe
  return sign(amount) * floor(abs(amount) + 0.5);

-- What a line counts for in its caps: used credit in the seller's currency; nothing without a rate.
create or replace function capped_minor(held bigint, owed bigint, rate numeric) returns bigint
  language sql immutable parallel safe
  return case when rate is null then 0 when rate = 1 then held + greatest(owed, 0)
              else half_up((held + greatest(owed, 0)) * rate) end;

-- As minor_rate, but the newest rate known however old: what is owed already has to count as something.
-- Null only for a currency nobody publishes.
create or replace function newest_minor_rate(from_currency text, to_currency text, on_day date) returns numeric
  language sql stable parallel safe
  return case when from_currency = to_currency then 1 else (
    select round(t.per_euro / s.per_euro, 12) * power(10::numeric, currency_exponent(to_currency) - currency_exponent(from_currency))
    from (select 1::numeric as per_euro where from_currency = 'EUR'
          union all
          (select per_euro from exchange_rate
           where currency = from_currency and day <= on_day order by day desc limit 1)) s,
         (select 1::numeric as per_euro where to_currency = 'EUR'
          union all
          (select per_euro from exchange_rate
           where currency = to_currency and day <= on_day order by day desc limit 1)) t
    limit 1) end;

-- Count anew what `buyers` owe on their lines (null: all of the seller's), after invoices or payments
-- moved outside checkout, and bring the caps along. An open invoice counts on the line of its currency,
-- or on the line in the seller's own at the rate of its day. Returns how many lines changed.
create or replace function refresh_owed(p_buyers uuid[]) returns int
language plpgsql
as $$
declare
  changed int;
begin
  -- Lines before caps, each by key: the order of every lock.
  perform from credit_line l
  where l.seller_id = (select current_seller()) and (p_buyers is null or l.buyer_id = any (p_buyers))
  order by l.buyer_id, l.currency
  for update;
  with home as materialized (
    select currency from seller where seller_id = (select current_seller())
  ),
  mine as materialized (
    select l.buyer_id, l.currency, l.held_minor, l.owed_minor, l.cap_ids, l.cap_rate
    from credit_line l
    where l.seller_id = (select current_seller()) and (p_buyers is null or l.buyer_id = any (p_buyers))
  ),
  counted as (
    select m.buyer_id, m.currency,
           sum(case i.kind when 'invoice' then 1 else -1 end
               * case when i.currency = m.currency then i.open_minor
                      else half_up(i.open_minor * newest_minor_rate(i.currency, m.currency, i.issued_on)) end) as owed
    from mine m
    join invoice i
      on i.seller_id = (select current_seller()) and i.buyer_id = m.buyer_id and i.open_minor > 0
     and (i.currency = m.currency
          or (m.currency = (select currency from home)
              and not exists (select from mine o where o.buyer_id = i.buyer_id and o.currency = i.currency)))
    group by m.buyer_id, m.currency
  ),
  moved as (
    update credit_line l set owed_minor = coalesce(c.owed, 0), version = l.version + 1
    from mine m left join counted c using (buyer_id, currency)
    where l.seller_id = (select current_seller()) and l.buyer_id = m.buyer_id and l.currency = m.currency
      and coalesce(c.owed, 0) <> m.owed_minor
    returning m.cap_ids, capped_minor(l.held_minor, l.owed_minor, l.cap_rate)
                         - capped_minor(m.held_minor, m.owed_minor, m.cap_rate) as grew
  ),
  capped as (
    update exposure_cap x set used_minor = x.used_minor + d.grew
    from (select cap_id, sum(grew) as grew from moved, unnest(cap_ids) cap_id group by cap_id) d
    where x.seller_id = (select current_seller()) and x.id = d.cap_id
  )
  select count(*) into changed from moved;
  return changed;
end $$;
