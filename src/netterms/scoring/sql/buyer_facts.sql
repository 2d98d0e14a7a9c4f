-- What is known of each buyer to score beside its payments and accounts, as the attributes of the company
-- card, of the card of events and of that of a visit. What is dated earlier but was not known on the day does not
-- count, and what was taken back later still does. Of legal actions, payments that came back and signs of an
-- insolvency the book holds only what somebody entered, so none of them says nothing. It reads `to_score`, be it
-- one buyer or many.
select b.id::text as buyer, b.country, b.sector,
       coalesce(n.opened, false) as in_default,
       (12 * extract(year from age(%(as_of)s::date, f.founded_on))
        + extract(month from age(%(as_of)s::date, f.founded_on)))::integer as company_age_months,
       f.employees as company_employees,
       f.form_rank::integer as company_form_rank,
       g.companies as group_companies,
       case when b.registration_number <> '' then 1 else 0 end as identifiers_known,
       nullif(n.signs, 0) as insolvency_signals,
       r.bounced as bounced_payments,
       coalesce(p.broken, 0) as broken_promises,
       coalesce(d.lost, 0) as disputes_lost,
       nullif(p.handed_over, 0) as legal_actions,
       v.verdict::integer as visit_verdict
from to_score t
join buyer b on b.seller_id = %(seller)s and b.id = t.buyer_id
left join lateral (
  select c.founded_on, c.employees, c.form_rank
  from company_fact c
  where c.seller_id = %(seller)s and c.buyer_id = b.id and c.known_on <= %(as_of)s
  order by c.known_on desc, c.id desc
  limit 1
) f on true
left join lateral (
  select s.verdict
  from site_visit s
  where s.seller_id = %(seller)s and s.buyer_id = b.id and s.entered_at < %(as_of)s::date + 1
    and s.visited_on > %(as_of)s::date - interval '12 months' and s.visited_on <= %(as_of)s
  order by s.visited_on desc, s.id desc
  limit 1
) v on true
left join (
  select top, count(*)::integer + 1 as companies
  from (select parent_id as top from buyer where seller_id = %(seller)s and parent_id is not null
          and parent_id in (select coalesce(o.parent_id, o.id) from to_score w
                            join buyer o on o.seller_id = %(seller)s and o.id = w.buyer_id)) m
  group by top
) g on g.top = coalesce(b.parent_id, b.id)
left join (
  -- Other rooms' news comes as events.
  select subject_id,
         (count(*) filter (where kind = 'collection.promise_broken'))::integer as broken,
         (count(*) filter (where kind = 'collection.case_handed_over'))::integer as handed_over
  from event
  where seller_id = %(seller)s and kind in ('collection.promise_broken', 'collection.case_handed_over')
    and business_date > %(as_of)s::date - interval '12 months' and business_date <= %(as_of)s
    and subject_id in (select w.buyer_id from to_score w)
  group by subject_id
) p on p.subject_id = b.id
left join (
  -- Opened proceedings are a default however old; as a sign each counts for a year.
  select w.buyer_id, bool_or(w.kind = 'opened') as opened,
         (count(*) filter (where w.dated_on > %(as_of)s::date - interval '12 months'))::integer as signs
  from insolvency_notice w
  where w.seller_id = %(seller)s and w.known_on <= %(as_of)s
    and coalesce(w.withdrawn_on > %(as_of)s, true)
    and w.buyer_id in (select x.buyer_id from to_score x)
  group by w.buyer_id
) n on n.buyer_id = b.id
left join (
  select w.buyer_id, count(*)::integer as bounced
  from payment_return w
  where w.seller_id = %(seller)s and w.known_on <= %(as_of)s
    and w.returned_on > %(as_of)s::date - interval '12 months'
    -- The bank was wrong: the refund by which the money left was taken back.
    and not exists (
      select from event v
      where v.seller_id = w.seller_id and v.subject_id = w.refund_id and v.kind = 'receivables.refund_taken_back'
        and v.business_date <= %(as_of)s)
    and w.buyer_id in (select x.buyer_id from to_score x)
  group by w.buyer_id
) r on r.buyer_id = b.id
left join (
  select i.buyer_id, count(*)::integer as lost
  from dispute d
  join invoice i on i.seller_id = d.seller_id and i.id = d.invoice_id
  where d.seller_id = %(seller)s and d.state = 'confirmed'
    and d.settled_on > %(as_of)s::date - interval '12 months' and d.settled_on <= %(as_of)s
    and i.buyer_id in (select w.buyer_id from to_score w)
  group by i.buyer_id
) d on d.buyer_id = b.id
