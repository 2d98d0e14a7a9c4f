-- What is open of the papers of %(plans)s and nobody disputes, with the instalment that a note is of; locked.
select x.plan_id, i.id, i.due_on,
       -- The note of the last days comes after those of all instalments.
       case when n.invoice_id is not null then coalesce(n.number, 100) end as number,
       greatest(0, i.open_minor - coalesce((
         select sum(d.amount_minor) from dispute d
         where d.seller_id = i.seller_id and d.invoice_id = i.id and d.settled_on is null), 0))::bigint as minor,
       -- Interest of an earlier plan, where this one lets it bear none.
       n.invoice_id is null and not p.interest_on_interest and exists (
         select from plan_interest o where o.seller_id = i.seller_id and o.invoice_id = i.id) as bears_none
from payment_plan_invoice x
join payment_plan p on p.seller_id = x.seller_id and p.id = x.plan_id
join invoice i on i.seller_id = x.seller_id and i.id = x.invoice_id
left join plan_interest n on n.seller_id = x.seller_id and n.plan_id = x.plan_id and n.invoice_id = x.invoice_id
where x.seller_id = %(seller)s and x.plan_id = any(%(plans)s::uuid[]) and i.open_minor > 0
order by i.id
for update of i
