-- Full texts, enclosures, and posts that leave the feeds.
--
-- post.enclosures: JSON; NULL: none. post.text_asks: its full text is wanted, and how often its page was asked for that
-- in vain; 3: it is asked no more; NULL: it is not wanted, or it is there.
ALTER TABLE post ADD COLUMN enclosures text COLLATE "C";
ALTER TABLE post ADD COLUMN text_asks bigint;
CREATE INDEX post_textless ON post (shard, source_id, listed_at DESC, key) WHERE text_asks < 3;

-- Whether its posts' full texts are wanted.
ALTER TABLE source_state ADD COLUMN full_text bigint NOT NULL DEFAULT 0;

-- The full texts. content: HTML, compressed with zstd.
CREATE TABLE post_text (
    shard     bigint           NOT NULL,
    source_id bigint           NOT NULL,
    key       text COLLATE "C" NOT NULL,
    read_at   bigint           NOT NULL,
    content   bytea            NOT NULL,
    PRIMARY KEY (shard, source_id, key)
);

-- A post that left keeps the categories that it had: their feeds say that it did.
ALTER TABLE tombstone ADD COLUMN categories text COLLATE "C";

-- Whether `missing` holds a post of it.
ALTER TABLE source_state ADD COLUMN misses bigint NOT NULL DEFAULT 0;

-- The posts that the walk under way through the whole of a source met.
CREATE TABLE met (
    shard     bigint           NOT NULL,
    source_id bigint           NOT NULL,
    key       text COLLATE "C" NOT NULL,
    PRIMARY KEY (shard, source_id, key)
);

-- The posts that whole walks in a row did not meet. looks: how many; since: when the first of them ended; last_at: the last.
CREATE TABLE missing (
    shard     bigint           NOT NULL,
    source_id bigint           NOT NULL,
    key       text COLLATE "C" NOT NULL,
    looks     bigint           NOT NULL,
    since     bigint           NOT NULL,
    last_at   bigint           NOT NULL,
    PRIMARY KEY (shard, source_id, key)
);
