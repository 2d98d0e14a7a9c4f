-- What `limits.rules.recommend` asks of each buyer scored today, as columns.
select u.buyer, u.currency, s.grade,
       coalesce(u.need_minor, 0) as need_minor,
       case when b.accounts_currency = u.currency then b.tangible_net_worth_minor end as tangible_net_worth_minor,
       case when b.accounts_currency = u.currency then b.annual_turnover_minor end as annual_turnover_minor,
       sales.minor as seller_annual_sales_minor,
       cover.amount_minor as insured_limit_minor,
       b.sanctions_hit,
       o.median_reference_doubled, o.share_of_need, o.pays, o.age_years, o.margin, o.current_ratio, o.debt_ratio,
       -- The stage that the oldest open invoice's days past due give.
       case when s.days_late >= 91 then 4 when s.days_late >= 61 then 3
            when s.days_late >= 31 then 2 when s.days_late >= 1 then 1 else 0 end as open_stage
from credit_use u
join buyer b on b.seller_id = %(seller)s and b.id = u.buyer::uuid
join scored_today s on s.buyer_id = b.id and s.currency = u.currency
join seller_sales sales on sales.currency = u.currency
left join outside_facts o on o.buyer = u.buyer and o.currency = u.currency
left join lateral (
  -- Cover in another currency than the debt's needs a dated rate: it does not bind here.
  select l.amount_minor
  from insured_limit l
  join insurance_policy p on p.seller_id = l.seller_id and p.id = l.policy_id
  where l.seller_id = %(seller)s and l.buyer_id = b.id and p.currency = u.currency
    and l.starts_on <= %(as_of)s and (l.ends_on is null or l.ends_on >= %(as_of)s)
    and %(as_of)s between p.starts_on and p.ends_on
  order by l.starts_on desc, l.id desc
  limit 1
) cover on true
