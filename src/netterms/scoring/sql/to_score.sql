-- Whom to score today: buyers never scored, a tenth of the others by turns (so everybody at least once
-- in ten business days), and those to whom something happened since the last run: money came in or back,
-- their oldest open invoice came into another bracket of lateness, a notice of their insolvency came or was
-- taken back, they broke a promise, lost a dispute or were handed over to an agency or a lawyer, or more was learnt of the company: facts,
-- accounts, or what a visit found.
select b.id as buyer_id
from buyer b
where b.seller_id = %(seller)s
  and (mod(abs(hashtextextended(b.id::text, 0)), 10)
         = mod((%(as_of)s - date '2000-01-03') / 7, 2) * 5 + mod(%(as_of)s - date '2000-01-03', 7)
       or b.id in (select n.buyer_id from insolvency_notice n
                   where n.seller_id = %(seller)s and (n.known_on between %(since)s and %(as_of)s
                                                       or n.withdrawn_on between %(since)s and %(as_of)s))
       or b.id in (select r.buyer_id from payment_return r
                   where r.seller_id = %(seller)s and r.known_on between %(since)s and %(as_of)s)
       or b.id in (select r.buyer_id from payment_return r
                   join event v on v.seller_id = r.seller_id and v.subject_id = r.refund_id
                   where r.seller_id = %(seller)s and v.kind = 'receivables.refund_taken_back'
                     and v.business_date between %(since)s and %(as_of)s)
       -- One look by key for each: its scores only grow in number.
       or (select s.buyer_id from score s where s.seller_id = b.seller_id and s.buyer_id = b.id limit 1) is null
       or b.id in (select p.buyer_id from payment p
                   where p.seller_id = %(seller)s and p.paid_on > %(since)s and p.paid_on <= %(as_of)s)
       or b.id in (select v.subject_id from event v
                   where v.seller_id = %(seller)s and v.kind in ('collection.promise_broken', 'collection.case_handed_over')
                     and v.business_date between %(since)s and %(as_of)s)
       or b.id in (select i.buyer_id from dispute d
                   join invoice i on i.seller_id = d.seller_id and i.id = d.invoice_id
                   where d.seller_id = %(seller)s and d.state = 'confirmed'
                     and d.settled_on between %(since)s and %(as_of)s)
       or b.id in (select c.buyer_id from company_fact c
                   where c.seller_id = %(seller)s and c.known_on between %(since)s and %(as_of)s)
       or b.id in (select a.buyer_id from statement a
                   where a.seller_id = %(seller)s and a.known_on between %(since)s and %(as_of)s)
       or b.id in (select v.buyer_id from site_visit v
                   where v.seller_id = %(seller)s and v.entered_at >= %(since)s::date and v.entered_at < %(as_of)s::date + 1)
       or b.id in (select i.buyer_id
                   from invoice i
                   where i.seller_id = %(seller)s and i.open_minor > 0
                     and (i.due_on >= %(since)s and i.due_on < %(as_of)s
                          or i.due_on >= %(since)s - 30 and i.due_on < %(as_of)s - 30
                          or i.due_on >= %(since)s - 60 and i.due_on < %(as_of)s - 60
                          or i.due_on >= %(since)s - 90 and i.due_on < %(as_of)s - 90)
                     and not exists (
                       select from invoice older
                       where older.seller_id = i.seller_id and older.buyer_id = i.buyer_id
                         and older.open_minor > 0 and older.due_on < i.due_on)))
