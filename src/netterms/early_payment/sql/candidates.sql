-- Open invoices, each with what the book says against paying it early for less, and what one minor unit is worth in
-- the seller's currency: of one buyer the first due, one alone, or the largest of the whole book that are early enough.
with picked as materialized (
  select i.seller_id, i.id, i.buyer_id, i.invoice_number, i.currency::text as currency, i.due_on, i.open_minor
  from invoice i
  where i.seller_id = %(seller)s and i.open_minor > 0 and i.kind = 'invoice'
    and (%(buyer)s::uuid is null or i.buyer_id = %(buyer)s)
    and (%(invoice)s::uuid is null or i.id = %(invoice)s)
    and (not %(whole_book)s or i.due_on >= %(earliest_due)s)
  order by case when %(whole_book)s then -i.open_minor end, i.due_on, i.invoice_number, i.id
  limit %(most)s offset %(skip)s
)
select i.id as invoice_id, i.buyer_id, b.name as buyer_name, i.invoice_number, i.currency, i.due_on,
       i.open_minor, minor_rate(i.currency, s.currency::text, %(as_of)s) as rate,
       case
         when c.offered = false then 'buyer'
         when c.offered is null and cardinality(%(grades)s::smallint[]) > 0
              and not coalesce(g.grade = any(%(grades)s::smallint[]), false) then 'grade'
         when i.due_on < %(as_of)s then 'overdue'
         when exists (
           select from dispute d
           where d.seller_id = i.seller_id and d.invoice_id = i.id and d.settled_on is null) then 'disputed'
         when exists (
           select from payment_plan_invoice x
           join payment_plan p on p.seller_id = x.seller_id and p.id = x.plan_id
           where x.seller_id = i.seller_id and x.invoice_id = i.id
             and p.state in ('proposed', 'awaiting_insurer_consent', 'accepted', 'running')) then 'in_plan'
       end as hindrance
from picked i
join seller s on s.seller_id = i.seller_id
join buyer b on b.seller_id = i.seller_id and b.id = i.buyer_id
left join early_payment_buyer c on c.seller_id = i.seller_id and c.buyer_id = i.buyer_id
-- Of several currencies the weakest grade counts; nobody asks for it where every grade is offered it.
left join lateral (
  select max(n.grade) as grade from (
    select distinct on (x.currency) x.grade from score x
    where x.seller_id = i.seller_id and x.buyer_id = i.buyer_id and x.scored_on <= %(as_of)s
    order by x.currency, x.scored_on desc
  ) n
) g on cardinality(%(grades)s::smallint[]) > 0
order by case when %(whole_book)s then -i.open_minor end, i.due_on, i.invoice_number
