-- How many tasks people have on %(as_of)s, by stage.
select a.stage, count(*) as things
from collection_action a
where a.seller_id = %(seller)s and a.state in ('planned', 'failed') and (a.step <> 'email_reminder' or a.state = 'failed')
  and a.planned_on <= %(as_of)s
  and (%(owner)s::text is null or exists (
    select from collection_case y
    where y.seller_id = a.seller_id and y.id = a.case_id and y.owner = %(owner)s))
group by a.stage
