-- The oldest unpaid invoice of every insured buyer, where it is past due (or its buyer insolvent) and
-- its deadlines are not set yet, and beside one that is disputed whole the oldest that is not; or an insolvency
-- has become known since that brings the loss forward (TCI-11). Leans on the index invoice_open.
-- With %(disputed)s instead: those whose deadlines are set and which were disputed whole, for the clock that stood
-- still meanwhile (TCI-12). A dispute not settled yet counts until today: every day moves the end by a day.
select p.id as policy_id, p.terms, p.ends_on as policy_ends_on, l.buyer_id, oldest.id as invoice_id,
       oldest.issued_on, oldest.due_on, b.insolvent_on,
       held.days as disputes
from insurance_policy p
join (
  select distinct policy_id, buyer_id,
         buyer_id in (
           select i.buyer_id from dispute d join invoice i on i.seller_id = d.seller_id and i.id = d.invoice_id
           where d.seller_id = %(seller)s and d.settled_on is null) as is_disputed
  from insured_limit
  where seller_id = %(seller)s and starts_on <= %(as_of)s and amount_minor > 0
    -- Few are disputed: their buyers are looked at, not all.
    and (not %(disputed)s or buyer_id in (
      select i.buyer_id from dispute d join invoice i on i.seller_id = d.seller_id and i.id = d.invoice_id
      where d.seller_id = %(seller)s))
) l on l.policy_id = p.id
join buyer b on b.seller_id = p.seller_id and b.id = l.buyer_id
cross join lateral (
  with covered as not materialized (
    select i.id, i.issued_on, i.due_on, i.open_minor
    from invoice i
    where not %(disputed)s and i.seller_id = %(seller)s and i.buyer_id = l.buyer_id and i.open_minor > 0
      and i.kind = 'invoice' and i.currency = p.currency and i.issued_on <= %(as_of)s
      and i.issued_on between p.starts_on and p.ends_on
      -- A limit that ended since leaves older deliveries under cover (TCI-21).
      and exists (
        select from insured_limit x
        where x.seller_id = p.seller_id and x.policy_id = p.id and x.buyer_id = i.buyer_id
          and x.amount_minor > 0 and x.starts_on <= i.issued_on
          and (x.ends_on is null or x.ends_on >= i.issued_on))
  )
  (select id, issued_on, due_on, open_minor from covered order by due_on, id limit 1)
  union
  -- Only the clock of what is disputed stands still: the oldest of the rest has its own.
  (select c.id, c.issued_on, c.due_on, c.open_minor
   from covered c
   where l.is_disputed and c.open_minor > coalesce((
     select sum(d.amount_minor) from dispute d
     where d.seller_id = %(seller)s and d.invoice_id = c.id and d.settled_on is null), 0)
   order by c.due_on, c.id
   limit 1)
  union
  select i.id, i.issued_on, i.due_on, i.open_minor
  from invoice i
  where %(disputed)s and i.seller_id = %(seller)s and i.buyer_id = l.buyer_id and i.open_minor > 0
    and exists (
      select from policy_deadline d
      where d.seller_id = i.seller_id and d.policy_id = p.id and d.invoice_id = i.id and d.state = 'open')
) oldest
-- What is disputed only in part goes on with the rest: its dates stand.
cross join lateral (
  select coalesce(jsonb_agg(jsonb_build_array(d.raised_on, coalesce(least(d.settled_on, %(as_of)s), %(as_of)s))
                            order by d.raised_on, d.id), '[]') as days
  from dispute d
  where d.seller_id = p.seller_id and d.invoice_id = oldest.id and d.raised_on <= %(as_of)s and d.state <> 'credited'
    and (d.amount_minor >= oldest.open_minor
         or d.settled_on is null and oldest.open_minor <= (
              select sum(x.amount_minor) from dispute x
              where x.seller_id = d.seller_id and x.invoice_id = d.invoice_id and x.settled_on is null))
) held
where p.seller_id = %(seller)s
  and (oldest.due_on < %(as_of)s or b.insolvent_on <= %(as_of)s)
  and case when %(disputed)s then held.days <> '[]' and exists (
         select from policy_deadline d
         where d.seller_id = p.seller_id and d.policy_id = p.id and d.invoice_id = oldest.id and d.state = 'open')
      else (not exists (
         select from policy_deadline d
         where d.seller_id = p.seller_id and d.policy_id = p.id and d.invoice_id = oldest.id)
       -- Where the waiting period has not begun there is no date of loss yet.
       or coalesce(b.insolvent_on <= %(as_of)s, false) and not exists (
         select from policy_deadline d
         where d.seller_id = p.seller_id and d.policy_id = p.id and d.invoice_id = oldest.id
           and d.kind = 'date_of_loss' and (d.state <> 'open' or d.due_on <= b.insolvent_on))) end
