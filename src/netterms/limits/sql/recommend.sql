-- Recommendations that differ from the last one, each with its event.
with limit_facts as materialized (
/* facts.sql */
),
recommended as (
  select buyer::uuid as buyer_id, currency, grade, limit_minor,
         to_jsonb(string_to_array(limit_reasons, ',')) as reasons
  from (/* recommended */) r
),
decided as (
  insert into limit_decision (seller_id, buyer_id, currency, decided_on, recommended_minor,
                              granted_minor, grade, decided_by, reasons)
  select %(seller)s, r.buyer_id, r.currency, %(as_of)s, r.limit_minor, last.granted_minor, r.grade,
         'recommendation', r.reasons
  from recommended r
  left join lateral (
    select d.recommended_minor, d.granted_minor, d.reasons
    from limit_decision d
    where d.seller_id = %(seller)s and d.buyer_id = r.buyer_id and d.currency = r.currency
      and d.decided_on <= %(as_of)s
    order by d.decided_on desc, d.id desc
    limit 1
  ) last on true
  where last.recommended_minor is distinct from r.limit_minor
  returning buyer_id, currency, recommended_minor, grade, reasons
)
insert into event (seller_id, happened_at, business_date, actor, why, kind, subject_id, facts)
select %(seller)s, %(now)s, %(as_of)s, %(actor)s, %(why)s, 'limits.limit_recommended', buyer_id,
       jsonb_build_object('currency', currency, 'recommended_minor', recommended_minor,
                          'grade', grade, 'reasons', reasons)
from decided
