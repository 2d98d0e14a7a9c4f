-- Every row beside what the book holds under its number, with the ids of what is new. An id is the
-- head of a UUIDv7 made for this import, followed by its place: a call of uuidv7() for each
-- would ask the operating system for random bits a million times.
create temp table compared on commit drop as
select s.row_no, s.company_code, s.currency, s.invoice_number, s.kind, s.issued_on, s.due_on,
       s.amount_minor, s.open_minor, s.settled_on,
       b.id as buyer_id,
       i.id is null as is_new,
       coalesce(i.id, (%(invoice_ids)s || lpad(to_hex(s.row_no), 8, '0'))::uuid) as invoice_id,
       (%(payment_ids)s || lpad(to_hex(s.payment_nth), 8, '0'))::uuid as payment_id,
       coalesce(i.open_minor, s.amount_minor) - s.open_minor as paid_minor,
       -- A part payment whose day the file does not tell is dated on the day of the import.
       coalesce(s.settled_on, %(today)s) as paid_on,
       i.id is not null and (i.buyer_id, i.kind, i.currency::text, i.amount_minor)
         is distinct from (b.id, s.kind, s.currency, s.amount_minor) as differs
from staged s
join (select known.id, named.nth
      from staged_buyer named
      join buyer known on known.seller_id = %(seller)s and known.buyer_number = named.buyer_number
     ) b on b.nth = s.buyer_nth
left join invoice i on i.seller_id = %(seller)s and i.company_code = s.company_code
                   and i.invoice_number = s.invoice_number
