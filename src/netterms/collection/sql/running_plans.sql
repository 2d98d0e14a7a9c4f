-- Every running plan with instalments: what it asks for, and how much of its debt is paid.
select p.id, b.country, o.currency::text as currency,
       o.debt_minor - (select coalesce(sum(i.open_minor), 0)::bigint
                       from payment_plan_invoice x
                       join invoice i on i.seller_id = x.seller_id and i.id = x.invoice_id
                       where x.seller_id = p.seller_id and x.plan_id = p.id) as paid_minor,
       (select jsonb_agg(jsonb_build_object('number', n.number, 'due_on', n.due_on,
                                            'principal_minor', n.principal_minor) order by n.number)
        from plan_instalment n
        where n.seller_id = p.seller_id and n.plan_id = p.id) as instalments
from payment_plan p
join plan_offer o on o.seller_id = p.seller_id and o.plan_id = p.id
join buyer b on b.seller_id = p.seller_id and b.id = p.buyer_id
where p.seller_id = %(seller)s and p.state = 'running'
order by p.id
