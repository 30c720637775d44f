-- Full texts, enclosures, and posts that leave the feeds.
--
-- post.enclosures: JSON; NULL: none. post.text_asks: its full text is wanted, and how often its page was asked for that
-- in vain; 3: it is asked no more; NULL: it is not wanted, or it is there.
ALTER TABLE post ADD COLUMN enclosures TEXT;
ALTER TABLE post ADD COLUMN text_asks INTEGER;
CREATE INDEX post_textless ON post (shard, source_id, listed_at DESC, key) WHERE text_asks < 3;

-- Whether its posts' full texts are wanted.
ALTER TABLE source_state ADD COLUMN full_text INTEGER NOT NULL DEFAULT 0;

-- The full texts. content: HTML, compressed with zstd. Rows are large, so the table has row numbers.
CREATE TABLE post_text (
    shard     INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    key       TEXT    NOT NULL,
    read_at   INTEGER NOT NULL,
    content   BLOB    NOT NULL,
    PRIMARY KEY (shard, source_id, key)
) STRICT;

-- A post that left keeps the categories that it had: their feeds say that it did.
ALTER TABLE tombstone ADD COLUMN categories TEXT;

-- Whether `missing` holds a post of it.
ALTER TABLE source_state ADD COLUMN misses INTEGER NOT NULL DEFAULT 0;

-- The posts that the walk under way through the whole of a source met.
CREATE TABLE met (
    shard     INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    key       TEXT    NOT NULL,
    PRIMARY KEY (shard, source_id, key)
) STRICT, WITHOUT ROWID;

-- The posts that whole walks in a row did not meet. looks: how many; since: when the first of them ended; last_at: the last.
CREATE TABLE missing (
    shard     INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    key       TEXT    NOT NULL,
    looks     INTEGER NOT NULL,
    since     INTEGER NOT NULL,
    last_at   INTEGER NOT NULL,
    PRIMARY KEY (shard, source_id, key)
) STRICT, WITHOUT ROWID;
