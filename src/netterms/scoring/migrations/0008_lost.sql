-- The first day on which a buyer was lost, whatever is overdue: insolvency proceedings, or a write-off because of them
-- or because nobody will pay. One that was taken back was a mistake; one that was recovered was not. Whoever asks sees
-- the rows of its own seller, as in the tables below it.
create view lost with (security_invoker) as
select seller_id, buyer_id::text as buyer, min(lost_on) as lost_on
from (
  select seller_id, id as buyer_id, insolvent_on as lost_on
  from buyer
  where insolvent_on is not null
  union all
  select w.seller_id, p.buyer_id, p.paid_on
  from write_off w
  join payment p on p.seller_id = w.seller_id and p.id = w.payment_id
  where w.state = 'done' and w.reason in ('insolvent', 'uncollectable')
    and not exists (
      select from allocation a
      where a.seller_id = w.seller_id and a.payment_id = w.payment_id and a.undoes is not null
        and not a.is_recovery)
) days
group by seller_id, buyer_id;
revoke all on lost from netterms_app;
grant select on lost to netterms_app;
