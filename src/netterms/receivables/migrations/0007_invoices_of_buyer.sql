-- All of a buyer's invoices are asked for on its page and on the call screen: no pass over the book for one buyer.
create index invoice_of_buyer on invoice (seller_id, buyer_id);
