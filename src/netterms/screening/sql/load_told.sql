-- What a load brought beside the one before.
select count(*) filter (where o.id is null)::int as new,
       count(*) filter (where o.fingerprint <> n.fingerprint)::int as changed,
       (select count(*) from watchlist_entry gone
        where gone.version = %(before)s
          and not exists (select from watchlist_entry still
                          where still.version = %(version)s and still.id = gone.id))::int as removed
from watchlist_entry n left join watchlist_entry o on o.version = %(before)s and o.id = n.id
where n.version = %(version)s
