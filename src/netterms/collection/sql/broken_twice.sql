-- Buyers of whom a promise broke on %(as_of)s, and with it as many in the window as COL-02 allows.
select p.buyer_id
from promise p
where p.seller_id = %(seller)s and p.state = 'broken'
  and p.closed_on between %(as_of)s - %(broken_window_days)s and %(as_of)s
group by p.buyer_id
having count(*) >= %(broken_limit)s and max(p.closed_on) = %(as_of)s
