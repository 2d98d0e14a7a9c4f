-- What takes an invoice off its ladder by age on %(as_of)s: a part of late_items.sql, a row a reason.
select d.invoice_id, d.amount_minor as disputed_minor, null::date as started_on, false as is_insolvent
from dispute d
where d.seller_id = %(seller)s and d.raised_on <= %(as_of)s and (d.settled_on is null or d.settled_on > %(as_of)s)
union all
select x.invoice_id, 0, p.started_on, false
from payment_plan p
join payment_plan_invoice x on x.seller_id = p.seller_id and x.plan_id = p.id
where p.seller_id = %(seller)s and p.state in ('accepted', 'running') and p.started_on <= %(as_of)s
union all
select v.id, 0, null, true
from buyer b
join invoice v on v.seller_id = b.seller_id and v.buyer_id = b.id
where b.seller_id = %(seller)s and b.insolvent_on <= %(as_of)s
