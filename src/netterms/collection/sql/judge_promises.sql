-- COL-02: a promise is kept when the share asked for has arrived by its date and two business days of
-- the buyer's country; it is broken when those days are over without. What was given back did not arrive.
-- With %(buyer)s and %(currency)s: of that buyer alone, before a promise for %(instead)s takes the open one's place. One
-- whose date is over and whose grace ends before that day is broken by the buyer's own word.
with judged as (
  select p.id, p.buyer_id, p.amount_minor, p.currency, got.minor,
         got.minor >= p.amount_minor * %(kept_share)s as is_kept,
         grace.ends_on < %(as_of)s
           or p.promised_for < %(as_of)s and coalesce(grace.ends_on < %(instead)s::date, false) as is_over
  from promise p
  join buyer b on b.seller_id = p.seller_id and b.id = p.buyer_id
  cross join lateral (
    select business_days_after(b.country, p.promised_for, %(grace_days)s) as ends_on
  ) grace
  cross join lateral (
    select coalesce(sum(r.amount_minor - coalesce((
             select sum(f.amount_minor) from payment f
             where f.seller_id = r.seller_id and f.buyer_id = r.buyer_id and f.refund_of = r.id
               -- A refund that was taken back by a receipt was none.
               and not exists (
                 select from payment t
                 where t.seller_id = f.seller_id and t.refund_of = f.id and t.kind = 'receipt')), 0)), 0)::bigint as minor
    from payment r
    where r.seller_id = p.seller_id and r.buyer_id = p.buyer_id and r.currency = p.currency
      and r.kind = 'receipt' and r.refund_of is null and r.paid_on >= p.made_on
      and r.paid_on <= least(%(as_of)s, grace.ends_on)
  ) got
  where p.seller_id = %(seller)s and p.state = 'open'
    and (%(buyer)s::uuid is null or p.buyer_id = %(buyer)s and p.currency = %(currency)s)
),
closed as (
  update promise p
  set state = case when j.is_kept then 'kept' else 'broken' end, closed_on = %(as_of)s
  from judged j
  where p.seller_id = %(seller)s and p.id = j.id and (j.is_kept or j.is_over)
  returning p.id, p.buyer_id, p.state, p.currency, p.amount_minor, j.minor
),
told as (
  insert into event (seller_id, happened_at, business_date, actor, why, kind, subject_id, facts)
  select %(seller)s, %(now)s, %(as_of)s, %(actor)s, %(why)s, 'collection.promise_' || state, buyer_id,
         jsonb_build_object('promise', id, 'currency', currency, 'promised_minor', amount_minor,
                            'received_minor', minor)
  from closed
)
select count(*) filter (where state = 'kept') as kept,
       count(*) filter (where state = 'broken') as broken
from closed
