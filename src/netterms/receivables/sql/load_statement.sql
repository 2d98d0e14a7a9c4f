-- A statement and those of its lines that the account does not have yet.
with fresh as (
  select n.* from new_line n
  where not exists (select from bank_line l
                    where l.seller_id = %(seller)s and l.account_id = %(account)s and l.fingerprint = n.fingerprint)
),
kept as (
  insert into bank_statement (seller_id, id, account_id, report, format, number, first_on, last_on, opening_minor,
                              closing_minor, lines, lines_new, file_name, file_sha256, loaded_at, loaded_by)
  select %(seller)s, %(id)s, %(account)s, %(report)s, %(format)s, %(number)s, %(first)s, %(last)s, %(opening)s,
         %(closing)s, %(lines)s, (select count(*) from fresh), %(file)s, %(sha256)s, %(now)s, %(actor)s
  returning id
),
added as (
  insert into bank_line (seller_id, id, account_id, statement_id, place, booked_on, value_on, currency, amount_minor, reversal,
                         payer_name, payer_account, end_to_end, creditor_reference, bank_reference, words, name_core,
                         keys, figures, fingerprint, state)
  select %(seller)s, f.id, %(account)s, k.id, f.place, f.booked_on, f.value_on, %(currency)s, f.amount_minor, f.reversal,
         f.payer_name, f.payer_account, f.end_to_end, f.creditor_reference, f.bank_reference, f.words, f.name_core,
         f.keys, f.figures, f.fingerprint, %(state)s
  from fresh f cross join kept k
  where f.amount_minor <> 0
  order by f.place
  returning 1
)
select count(*) from added
