-- Every entry of the lists in force: of each kind the newest load up to a version.
select l.kind, e.version, e.id, e.party, e.names, e.countries, e.numbers, e.programmes, e.remarks,
       trim(e.fingerprint) as fingerprint
from (select distinct on (kind) kind, version from watchlist
      where version <= %(version)s order by kind, version desc) l
join watchlist_entry e on e.version = l.version
order by l.kind, e.id
