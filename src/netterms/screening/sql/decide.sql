-- Agreed: it is decided. Not agreed: open again, as if nobody had proposed anything.
update screening_hit
set state = %(state)s,
    proposed_by = case when %(state)s = 'open' then null else proposed_by end,
    why = case when %(state)s = 'open' then '' else %(why)s end,
    decided_by = case when %(state)s = 'open' then null else %(actor)s end,
    decided_on = case when %(state)s = 'open' then null else %(today)s::date end
where seller_id = %(seller)s and id = %(id)s
