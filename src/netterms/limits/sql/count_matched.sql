-- What the buyers of a batch of bank lines owe, counted anew.
select refresh_owed(array(
  select distinct buyer_id from bank_match
  where seller_id = %(seller)s and batch_id = %(batch)s and state = 'posted'
))
