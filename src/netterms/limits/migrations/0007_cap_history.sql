-- The few events about caps among the many of a book: a cap that was removed is found by nothing else.
create index event_caps on event (seller_id, id) where kind in ('limits.cap_set', 'limits.cap_removed');
