-- Past orders as if their buyers had been new on that day. What was known of a newcomer was kept with
-- the decision; of other buyers, what the book knew then of grade, insolvency and e-mail. Who had no score
-- has the grade that a first one without any knowledge gives.
select o.id, coalesce(d.facts ->> 'country', b.country) as country, o.currency::text as currency, o.amount_minor,
       coalesce(case when d.order_id is null then s.grade else (d.facts ->> 'grade')::int end,
                %(unknown_grade)s) as grade,
       coalesce(d.facts ->> 'screened', case when b.sanctions_hit then 'hit' else 'unknown' end) as screened,
       coalesce((d.facts ->> 'insolvent')::boolean, b.insolvent_on <= o.created_at::date, false) as insolvent,
       false as has_line,
       case when d.order_id is not null then array(select jsonb_array_elements_text(d.facts -> 'doubts'))
            else array_remove(array[
              case when not b.sanctions_hit then 'not_screened' end,
              case when coalesce(s.confidence, 0) = 0 then 'no_grade' end,
              case when lower(split_part(b.email, '@', 2)) = any (%(free_mail)s::text[]) then 'free_mail' end,
              case when b.email = '' then 'no_email' end
            ], null) end as doubts
from credit_order o
join buyer b on b.seller_id = o.seller_id and b.id = o.buyer_id
left join newcomer_decision d on d.seller_id = o.seller_id and d.order_id = o.id
left join lateral (
  select x.grade, x.confidence from score x
  where x.seller_id = o.seller_id and x.buyer_id = o.buyer_id and x.scored_on <= o.created_at::date
  order by x.currency <> o.currency, x.scored_on desc limit 1
) s on true
where o.seller_id = %(seller)s and o.created_at >= %(since)s
