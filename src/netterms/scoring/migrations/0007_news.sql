-- The few events of other rooms that a score asks for, among all that ever happened.
create index event_scored on event (seller_id, kind, business_date) include (subject_id)
  where kind in ('collection.promise_broken', 'collection.case_handed_over');
