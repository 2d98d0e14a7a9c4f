-- SHA-256 over every line of the journal until a day: of each day's lines in the order of their keys, then of the days.
select coalesce(sum(d.entries), 0)::bigint as entries,
       encode(sha256(coalesce(string_agg(d.hash, '' order by d.booked_on), '')::bytea), 'hex') as sha256
from (
  select booked_on, count(*) as entries,
         encode(sha256(convert_to(string_agg(concat_ws('|', source_id, line, source_kind, booked_on, debit_account,
           credit_account, currency, amount_minor, buyer_id, coalesce(reverses::text, '')), E'\n'
           order by source_id, line), 'UTF8')), 'hex') as hash
  from journal_entry
  where seller_id = %(seller)s and booked_on <= %(until)s
  group by booked_on
) d
