-- Running plans with what settled their papers and which these are; after plan_receipts.sql.
select r.plan_id as id, r.buyer_id, r.currency, r.started_on, r.settled_minor,
       array_agg(x.invoice_id order by x.invoice_id) as invoices
from plan_receipt r
join payment_plan_invoice x on x.seller_id = %(seller)s and x.plan_id = r.plan_id
group by 1, 2, 3, 4, 5
order by 1
