-- Full texts and enclosures.
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
