-- The oldest unpaid invoice of every insured buyer, where it is past due (or its buyer insolvent) and
-- its deadlines are not set yet, and beside one that is disputed whole the oldest that is not; or an insolvency
-- has become known since that brings the loss forward (TCI-11). Leans on the index invoice_open.
with limited as (
  select distinct policy_id, buyer_id, false as beside_disputed
  from insured_limit l
  where seller_id = %(seller)s and starts_on <= %(as_of)s and amount_minor > 0
    -- Most wait for an invoice whose deadlines are set, with nothing unpaid before it: cover that counted stands.
    and not exists (
      select from policy_deadline d
      join invoice i on i.seller_id = d.seller_id and i.id = d.invoice_id and i.open_minor > 0
      where d.seller_id = %(seller)s and d.policy_id = l.policy_id and d.buyer_id = l.buyer_id and d.state = 'open'
        and not exists (
          select from invoice o
          where o.seller_id = %(seller)s and o.buyer_id = l.buyer_id and o.open_minor > 0
            and (o.due_on, o.id) < (i.due_on, i.id))
        and d.buyer_id not in (select b.id from buyer b where b.seller_id = %(seller)s and b.insolvent_on is not null))
  union all
  -- Only the clock of what is disputed stands still: the oldest of the rest has its own.
  select distinct policy_id, buyer_id, true
  from insured_limit
  where seller_id = %(seller)s and starts_on <= %(as_of)s and amount_minor > 0
    and buyer_id in (
      select i.buyer_id from dispute d join invoice i on i.seller_id = d.seller_id and i.id = d.invoice_id
      where d.seller_id = %(seller)s and d.settled_on is null)
),
oldest as materialized (
  select distinct on (p.id, first.id) p.id as policy_id, p.terms, p.ends_on, l.buyer_id, first.*, b.insolvent_on
  from insurance_policy p
  join limited l on l.policy_id = p.id
  -- Few are insolvent: no look at each buyer.
  left join buyer b on b.seller_id = %(seller)s and b.id = l.buyer_id and b.insolvent_on is not null
  cross join lateral (
    select i.id, i.issued_on, i.due_on, i.open_minor
    from invoice i
    where i.seller_id = %(seller)s and i.buyer_id = l.buyer_id and i.open_minor > 0
      and i.kind = 'invoice' and i.currency = p.currency and i.issued_on <= %(as_of)s
      and i.issued_on between p.starts_on and p.ends_on
      -- A limit that ended since leaves older deliveries under cover (TCI-21).
      and exists (
        select from insured_limit x
        where x.seller_id = p.seller_id and x.policy_id = p.id and x.buyer_id = i.buyer_id
          and x.amount_minor > 0 and x.starts_on <= i.issued_on
          and (x.ends_on is null or x.ends_on >= i.issued_on))
      and (not l.beside_disputed or i.open_minor > coalesce((
        select sum(d.amount_minor) from dispute d
        where d.seller_id = %(seller)s and d.invoice_id = i.id and d.settled_on is null), 0))
    order by i.due_on, i.id
    limit 1
  ) first
  where p.seller_id = %(seller)s
    and (first.due_on < %(as_of)s or b.insolvent_on <= %(as_of)s)
    and (not exists (
           select from policy_deadline d
           where d.seller_id = p.seller_id and d.policy_id = p.id and d.invoice_id = first.id)
         -- Where the waiting period has not begun there is no date of loss yet.
         or coalesce(b.insolvent_on <= %(as_of)s, false) and not exists (
           select from policy_deadline d
           where d.seller_id = p.seller_id and d.policy_id = p.id and d.invoice_id = first.id
             and d.kind = 'date_of_loss' and (d.state <> 'open' or d.due_on <= b.insolvent_on)))
)
select oldest.policy_id, oldest.terms, oldest.ends_on as policy_ends_on, oldest.buyer_id, oldest.id as invoice_id,
       oldest.issued_on, oldest.due_on, oldest.insolvent_on, held.days as disputes
from oldest
cross join lateral (/* held_days.sql */) held
