-- Scores given before anything was paid, such as a first score at checkout: few of the many.
create index score_without_payments on score (seller_id, buyer_id) where payment_index is null;
