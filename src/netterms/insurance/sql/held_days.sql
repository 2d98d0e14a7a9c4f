-- The relation `held` of the statements beside: from when to when the invoice `oldest` was disputed whole.
-- What is disputed only in part goes on with the rest: its dates stand.
select coalesce(jsonb_agg(jsonb_build_array(d.raised_on, coalesce(least(d.settled_on, %(as_of)s), %(as_of)s))
                          order by d.raised_on, d.id), '[]') as days
from dispute d
where d.seller_id = %(seller)s and d.invoice_id = oldest.id and d.raised_on <= %(as_of)s and d.state <> 'credited'
  and (d.amount_minor >= oldest.open_minor
       or d.settled_on is null and oldest.open_minor <= (
            select sum(x.amount_minor) from dispute x
            where x.seller_id = d.seller_id and x.invoice_id = d.invoice_id and x.settled_on is null))
