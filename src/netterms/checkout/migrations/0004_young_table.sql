-- Before the first statistics PostgreSQL takes a seller's orders for one row, and every index for as
-- good as another: a plan made then reads all orders of the seller for each new one, until it is made
-- anew. Few sellers have most of the rows; the first ANALYZE finds out how it really is.
select pg_restore_attribute_stats(
  'schemaname', 'public', 'relname', 'credit_order', 'attname', 'seller_id', 'inherited', false,
  'null_frac', 0::real, 'avg_width', 16, 'n_distinct', 1::real);
