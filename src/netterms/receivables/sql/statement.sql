-- A buyer's account by currency: what moved it from `since` to `until`. It is the accounts `receivable` and
-- `unallocated` together, so that a payment counts when it comes, and its allocation only by what it gives up beside.
-- The row of kind `opening` is the balance before.
with moved as (
  select j.source_id, j.source_kind, j.booked_on, j.currency::text as currency, j.reverses,
         case when j.debit_account in ('receivable', 'unallocated') then j.amount_minor else 0 end
         - case when j.credit_account in ('receivable', 'unallocated') then j.amount_minor else 0 end as minor
  from journal_entry j
  where j.seller_id = %(seller)s and j.buyer_id = %(buyer)s and j.booked_on <= %(until)s
)
select * from (
select null::uuid as source_id, 'opening' as source_kind, %(since)s::date as booked_on, currency, '' as document,
       null::date as due_on, coalesce(sum(minor) filter (where booked_on < %(since)s), 0)::bigint as minor
from moved
group by currency
union all
select m.source_id, case when p.kind = 'refund' then 'refund' else m.source_kind end, m.booked_on, m.currency,
       coalesce(i.invoice_number, p.reference, ''), i.due_on, sum(m.minor)::bigint
from moved m
left join invoice i on i.seller_id = %(seller)s and i.id = m.source_id
left join payment p on p.seller_id = %(seller)s and p.id = m.source_id
where m.booked_on >= %(since)s
group by m.source_id, m.source_kind, m.booked_on, m.currency, i.invoice_number, p.kind, p.reference, i.due_on
having sum(m.minor) <> 0
) known
order by currency, booked_on, source_kind <> 'opening', source_id
