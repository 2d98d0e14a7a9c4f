-- Lines that bring to the cent a sum that is expected of a buyer (receivables/ports.py), with the open invoices it is for.
select l.n, b.n as buyer, array(select o.n from match_open o where o.id = any(e.invoices)) as items
from jsonb_to_recordset(%(expected)s::jsonb)
  as e(buyer uuid, currency text, since date, sums bigint[], invoices uuid[])
join match_buyer b on b.id = e.buyer
join match_line l on l.currency = e.currency and l.booked_on >= e.since and l.amount_minor = any(e.sums)
