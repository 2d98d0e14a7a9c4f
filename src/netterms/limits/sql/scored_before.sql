-- Beside those scored today, by their newest score: everybody when another policy came into force since the
-- last run, else whom another supplier's limit was entered of.
insert into scored_today
select distinct on (s.buyer_id, s.currency) s.buyer_id, s.currency::text, s.grade,
       (s.attributes ->> 'worst_open_days_past_due')::int, s.payment_index
from score s
where s.seller_id = %(seller)s and s.scored_on <= %(as_of)s
  and not exists (select from scored_today t where t.buyer_id = s.buyer_id and t.currency = s.currency)
  and (%(everybody)s or s.buyer_id in (select r.buyer_id from trade_reference r
                                       where r.seller_id = %(seller)s
                                         and r.known_on between %(last)s and %(as_of)s))
order by s.buyer_id, s.currency, s.scored_on desc
