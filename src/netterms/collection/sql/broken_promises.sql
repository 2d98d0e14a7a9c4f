-- COL-02: a broken promise brings an action of the next stage on the next business day, once. Its grace ended on a
-- business day before %(as_of)s, which is that day or falls on a weekend.
insert into collection_action (seller_id, case_id, buyer_id, stage, step, channel, who, planned_on, due_on, facts)
select distinct on (c.id) %(seller)s, c.id, c.buyer_id, n.stage, n.step, n.channel, n.who, %(as_of)s,
       business_day_on_or_after(b.country, %(as_of)s),
       jsonb_build_object('broken_promise', p.id, 'promised_minor', p.amount_minor, 'currency', p.currency)
from promise p
join collection_case c on c.seller_id = p.seller_id and c.buyer_id = p.buyer_id and c.closed_on is null
join buyer b on b.seller_id = p.seller_id and b.id = p.buyer_id
join unnest(%(stages)s::int[], %(next_steps)s::text[], %(next_channels)s::text[], %(next_doers)s::text[])
  as n(stage, step, channel, who) on n.stage = least(c.stage + 1, 4)
where p.seller_id = %(seller)s and p.state = 'broken' and p.closed_on = %(as_of)s
  and not exists (
    select from collection_action a
    where a.seller_id = p.seller_id and a.case_id = c.id and a.facts ->> 'broken_promise' = p.id::text)
order by c.id, p.id
on conflict do nothing
