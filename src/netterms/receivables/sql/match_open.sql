-- What is open in the currencies of the lines, with the number as a payer may write it (matching/references.py).
create temp table match_open on commit drop as
select n, id, buyer, currency, key, open_minor, issued_on,
       case when length(ltrim(figures, '0')) >= 5 then ltrim(figures, '0') else '' end as digits
from (
  select k.*, regexp_replace(key, '[A-Z]+', '', 'g') as figures
  from (
    select (row_number() over ())::int as n, i.id, b.n as buyer,
           i.currency::text as currency, i.open_minor, i.issued_on,
           -- Most numbers hold nothing but letters, digits and dashes: taking these out needs no pattern.
           case when i.invoice_number ~ '[^-A-Za-z0-9]'
                then regexp_replace(upper(i.invoice_number), '[^A-Z0-9]+', '', 'g')
                else replace(upper(i.invoice_number), '-', '') end as key
    from invoice i
    join match_buyer b on b.id = i.buyer_id
    where i.seller_id = %(seller)s and i.open_minor > 0 and i.kind = 'invoice'
      and i.currency in (select currency from match_line)
  ) k
) o
