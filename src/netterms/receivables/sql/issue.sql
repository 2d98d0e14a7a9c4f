-- One invoice or note, and its lines of the journal: what is owed for the goods and for the tax. A note counts on
-- the credit line that its invoice counts on, at the same rate.
with added as (
  insert into invoice (seller_id, id, buyer_id, invoice_number, kind, is_debit_note, currency, amount_minor, open_minor,
                       tax_minor, issued_on, due_on, state, note_of, reason, reference, line_currency, line_minor)
  select %(seller)s, %(id)s, %(buyer)s, %(number)s, %(kind)s, %(is_debit_note)s, %(currency)s,
         %(net)s::bigint + %(tax)s::bigint, %(net)s::bigint + %(tax)s::bigint, %(tax)s, %(issued_on)s, %(due_on)s, 'open',
         %(note_of)s, %(reason)s, %(reference)s, o.line_currency,
         half_up((%(net)s::bigint + %(tax)s::bigint)::numeric * o.line_minor / o.amount_minor)
  from (select 1) one
  left join invoice o on o.seller_id = %(seller)s and o.id = %(note_of)s
  on conflict (seller_id, company_code, invoice_number) do nothing
  returning id, kind, buyer_id, currency, issued_on
)
insert into journal_entry (seller_id, source_id, line, source_kind, booked_on, debit_account, credit_account, currency,
                           amount_minor, buyer_id, reverses)
select %(seller)s, a.id, l.line, a.kind, a.issued_on,
       case a.kind when 'invoice' then 'receivable' else l.account end,
       case a.kind when 'invoice' then l.account else 'receivable' end,
       a.currency, l.minor, a.buyer_id, case a.kind when 'credit_note' then %(note_of)s::uuid end
from added a
cross join (values (1, 'sales', %(net)s::bigint), (2, 'sales_tax', %(tax)s::bigint)) l(line, account, minor)
where l.minor > 0
