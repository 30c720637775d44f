-- Many workers on one state, and sources that no configuration names.

-- written: the keys of a source that is kept here and nowhere else, as JSON; NULL: the configuration's file has it.
ALTER TABLE source ADD COLUMN written TEXT;
DROP INDEX source_glance;
-- Comparing the configuration reads this index alone.
CREATE INDEX source_of_file ON source (id, definition_hash, removed_at) WHERE written IS NULL;

-- The processes that work on this state. roles: poll, serve, deliver with commas. files: 1, it writes files of feeds.
CREATE TABLE worker (
    name       TEXT    NOT NULL PRIMARY KEY,
    host       TEXT    NOT NULL,
    pid        INTEGER NOT NULL,
    roles      TEXT    NOT NULL,
    files      INTEGER NOT NULL,
    version    TEXT    NOT NULL,
    started_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What one worker does for all of them, and until when it is that one's.
CREATE TABLE duty (
    name        TEXT    NOT NULL PRIMARY KEY,
    worker      TEXT    NOT NULL,
    lease_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
