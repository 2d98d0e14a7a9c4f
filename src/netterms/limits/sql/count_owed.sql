-- What the buyers of an import owe, counted anew: of its new invoices, and of those it paid.
select refresh_owed(array(
  select buyer_id from invoice where seller_id = %(seller)s and import_id = %(import)s
  union
  select buyer_id from payment where seller_id = %(seller)s and import_id = %(import)s
))
