-- COL-02: a promise is kept when the share asked for has arrived by its date and two business days of
-- the buyer's country; it is broken when those days are over without.
with judged as (
  select p.id, p.buyer_id, p.amount_minor, p.currency, got.minor,
         got.minor >= p.amount_minor * %(kept_share)s as is_kept,
         business_days_after(b.country, p.promised_for, %(grace_days)s) < %(as_of)s as is_over
  from promise p
  join buyer b on b.seller_id = p.seller_id and b.id = p.buyer_id
  cross join lateral (
    select coalesce(sum(r.amount_minor), 0)::bigint as minor
    from payment r
    where r.seller_id = p.seller_id and r.buyer_id = p.buyer_id and r.currency = p.currency
      and r.kind = 'receipt' and r.paid_on >= p.made_on
      and r.paid_on <= least(%(as_of)s,
                             business_days_after(b.country, p.promised_for, %(grace_days)s))
  ) got
  where p.seller_id = %(seller)s and p.state = 'open'
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
