-- Debit and credit notes for interest, many at once: one line each, without tax, on an account of their own. A note
-- counts on the credit line that its invoice counts on, at the same rate (issue.sql).
with told as (
  select t.id, t.kind, t.minor, t.due_on, t.description, t.reason, t.nth, o.buyer_id, o.currency, o.line_currency,
         o.line_minor, o.amount_minor as of_minor, o.id as note_of,
         o.invoice_number || case t.kind when 'credit_note' then '-C' else '-D' end as stem
  from unnest(%(ids)s::uuid[], %(kinds)s::text[], %(of)s::uuid[], %(minors)s::bigint[], %(due_ons)s::date[],
              %(descriptions)s::text[], %(reasons)s::text[]) with ordinality
       t(id, kind, note_of, minor, due_on, description, reason, nth)
  join invoice o on o.seller_id = %(seller)s and o.id = t.note_of
),
numbered as (
  select t.*, t.stem || (coalesce(l.last, 0) + row_number() over (partition by t.stem order by t.nth)) as number
  from told t
  left join lateral (
    select max(substr(i.invoice_number, length(t.stem) + 1)::bigint) as last from invoice i
    where i.seller_id = %(seller)s and i.company_code = '' and starts_with(i.invoice_number, t.stem)
      and substr(i.invoice_number, length(t.stem) + 1) ~ '^[0-9]{1,9}$'
  ) l on true
),
added as (
  insert into invoice (seller_id, id, buyer_id, invoice_number, kind, is_debit_note, currency, amount_minor, open_minor,
                       tax_minor, issued_on, due_on, state, note_of, reason, reference, line_currency, line_minor)
  select %(seller)s, id, buyer_id, number, case kind when 'credit_note' then kind else 'invoice' end,
         kind = 'debit_note', currency, minor, minor, 0, %(as_of)s,
         case kind when 'credit_note' then %(as_of)s else greatest(due_on, %(as_of)s) end, 'open', note_of, reason, '',
         line_currency, half_up(minor::numeric * line_minor / of_minor)
  from numbered
  returning id, kind, buyer_id, currency, issued_on, amount_minor, note_of, invoice_number
),
lined as (
  insert into invoice_line (seller_id, invoice_id, place, description, quantity, unit_price, net_minor, tax_category,
                            tax_rate, tax_minor)
  -- Interest for time to pay is no delivery: outside the scope of tax, until the seller's tax adviser says otherwise.
  select %(seller)s, n.id, 1, n.description, 1, n.minor / power(10::numeric, e.places), n.minor, 'O', 0, 0
  from numbered n
  join unnest(%(ids)s::uuid[], %(exponents)s::int[]) e(id, places) on e.id = n.id
),
booked as (
  insert into journal_entry (seller_id, source_id, line, source_kind, booked_on, debit_account, credit_account,
                             currency, amount_minor, buyer_id, reverses)
  select %(seller)s, id, 1, kind, issued_on, case kind when 'invoice' then 'receivable' else 'interest' end,
         case kind when 'invoice' then 'interest' else 'receivable' end, currency, amount_minor, buyer_id,
         case kind when 'credit_note' then note_of end
  from added
)
select id, buyer_id, currency::text as currency, amount_minor, note_of, invoice_number from added
