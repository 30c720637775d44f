-- Many workers on one state, and sources that no configuration names.

-- written: the keys of a source that is kept here and nowhere else, as JSON; NULL: the configuration's file has it.
ALTER TABLE source ADD COLUMN written TEXT COLLATE "C";
DROP INDEX IF EXISTS source_glance;
-- Comparing the configuration reads this index alone.
CREATE INDEX source_of_file ON source (id, definition_hash, removed_at) WHERE written IS NULL;

-- The processes that work on this state. roles: poll, serve, deliver with commas. files: 1, it writes files of feeds.
CREATE TABLE worker (
    name       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    host       TEXT COLLATE "C" NOT NULL,
    pid        BIGINT NOT NULL,
    roles      TEXT COLLATE "C" NOT NULL,
    files      BIGINT NOT NULL,
    version    TEXT COLLATE "C" NOT NULL,
    started_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL
);

-- What one worker does for all of them, and until when it is that one's.
CREATE TABLE duty (
    name        TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    worker      TEXT COLLATE "C" NOT NULL,
    lease_until BIGINT NOT NULL
);
