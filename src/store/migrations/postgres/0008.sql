-- A feed is raised where it stands: no index holds what changes then. Before, each time that a version moved, all five of
-- the table's indexes got an entry, for one of them asked for the versions themselves.

-- stale: no column to whoever reads or writes; it is what the versions say, and stays as it is while both only move on.
ALTER TABLE feed SET (fillfactor = 80);
ALTER TABLE feed ADD COLUMN stale bigint GENERATED ALWAYS AS (CASE WHEN version > published_version THEN 1 ELSE 0 END) STORED;
DROP INDEX feed_stale;
CREATE INDEX feed_stale ON feed (path) WHERE stale = 1 AND chosen = 1;
