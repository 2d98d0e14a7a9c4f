-- Every entry of the loads in force.
select l.kind, e.version, e.id, e.party, e.names, e.countries, e.numbers, e.programmes, e.remarks,
       trim(e.fingerprint) as fingerprint
from watchlist l join watchlist_entry e on e.version = l.version
where l.version = any(%(versions)s)
order by l.kind, e.id
