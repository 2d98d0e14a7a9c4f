-- What buyers accepted, and what became of it as known on %(as_of)s: a payment that came by the day and was booked with
-- just this discount has taken it, until that is taken back.
select e.agreed_id, e.invoice_id, i.invoice_number, e.buyer_id, b.buyer_number, b.name as buyer_name, e.number,
       e.pay_by, i.due_on, e.currency::text as currency, e.open_minor, e.pay_minor, e.home_minor, e.yearly_percent,
       i.open_minor as open_now_minor,
       e.accepted_on, e.accepted_by, e.channel, case when t.off_minor > 0 then t.paid_on end as paid_on,
       case when t.off_minor > 0 then 'taken'
            when e.number < max(e.number) over (partition by e.invoice_id) then 'replaced'
            when i.open_minor = 0 then 'settled'
            when e.pay_by < %(as_of)s then 'lapsed'
            when i.open_minor <> e.open_minor then 'changed'
            else 'accepted'
       end as state
from early_payment e
join invoice i on i.seller_id = e.seller_id and i.id = e.invoice_id
join buyer b on b.seller_id = i.seller_id and b.id = i.buyer_id
left join lateral (
  select sum(a.discount_minor) as off_minor, max(p.paid_on) filter (where a.discount_minor > 0) as paid_on
  from allocation a
  join payment p on p.seller_id = a.seller_id and p.id = a.payment_id
  where a.seller_id = e.seller_id and a.invoice_id = e.invoice_id and p.kind = 'receipt' and p.paid_on <= e.pay_by
    and abs(a.discount_minor) = e.open_minor - e.pay_minor and abs(a.taken_minor) = e.pay_minor
) t on true
where e.seller_id = %(seller)s
  and (%(buyer)s::uuid is null or i.buyer_id = %(buyer)s)
  and (%(invoice)s::uuid is null or e.invoice_id = %(invoice)s)
  and e.accepted_on between %(since)s and %(as_of)s
