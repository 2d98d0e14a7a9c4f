-- Few buyers are insolvent: each of the day's passes over the book asks who.
create index buyer_insolvent on buyer (seller_id, insolvent_on) where insolvent_on is not null;
