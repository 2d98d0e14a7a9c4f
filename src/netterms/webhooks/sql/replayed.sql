-- How many events an endpoint is told again.
select count(*)
from event v
join webhook_endpoint e on e.seller_id = v.seller_id and e.id = %(endpoint)s
where v.seller_id = %(seller)s and v.id > %(after)s
  and v.happened_at >= %(since)s and v.happened_at <= %(until)s
  and (e.kinds = '{}' or v.kind = any (e.kinds))
