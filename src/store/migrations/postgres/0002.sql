-- Which feeds and posts a person wants, and feeds over several sources.

-- choice: JSON, by which the source's posts stand in its feeds; NULL: the usual one.
ALTER TABLE source ADD COLUMN choice text COLLATE "C";

-- excluded: how many of its posts stand in no feed.
ALTER TABLE source_state ADD COLUMN excluded bigint NOT NULL DEFAULT 0;

-- excluded: the choice keeps the post from every feed. The index tells it without the post.
ALTER TABLE post ADD COLUMN excluded bigint NOT NULL DEFAULT 0;
DROP INDEX post_newest;
CREATE INDEX post_newest ON post (shard, source_id, listed_at DESC, key) INCLUDE (excluded);
DROP INDEX post_uncategorized;
CREATE INDEX post_uncategorized ON post (shard, source_id, listed_at DESC, key)
    WHERE categories IS NULL AND excluded = 0;

-- chosen: whether it is offered. kind: tag, author and merged, too; then category holds the tag or the name.
-- A merged feed has -1 for a source.
-- rechosen_at: when another choice last changed what it holds, or the pages of its archive.
ALTER TABLE feed ADD COLUMN chosen bigint NOT NULL DEFAULT 1;
ALTER TABLE feed ADD COLUMN rechosen_at bigint;
DROP INDEX feed_stale;
CREATE INDEX feed_stale ON feed (path) WHERE version > published_version AND chosen = 1;
CREATE INDEX feed_unchosen ON feed (path) WHERE published_version > 0 AND chosen = 0;

-- tags: JSON, as categories.
ALTER TABLE post ADD COLUMN tags text COLLATE "C";

-- The posts of each tag's and each author's feed, where such feeds are chosen, in the order of the feed. kind: that of
-- the feed.
CREATE TABLE post_label (
    shard     bigint           NOT NULL,
    source_id bigint           NOT NULL,
    kind      text COLLATE "C" NOT NULL,
    label     text COLLATE "C" NOT NULL,
    listed_at bigint           NOT NULL,
    key       text COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX post_label_order ON post_label (shard, source_id, kind, label, listed_at DESC, key);
ALTER TABLE post_label REPLICA IDENTITY USING INDEX post_label_order;

-- Merged feeds: cold. definition: JSON. merged_shard and feed_id are those of its row in feed.
CREATE TABLE merged (
    merged_shard bigint           NOT NULL,
    feed_id      bigint           NOT NULL,
    id           text COLLATE "C" NOT NULL,
    definition   text COLLATE "C" NOT NULL,
    removed_at   bigint,
    PRIMARY KEY (merged_shard, feed_id)
);
CREATE UNIQUE INDEX merged_by_id ON merged (id);

-- The sources of each merged feed.
CREATE TABLE merged_source (
    shard        bigint NOT NULL,
    source_id    bigint NOT NULL,
    merged_shard bigint NOT NULL,
    feed_id      bigint NOT NULL,
    PRIMARY KEY (shard, source_id, merged_shard, feed_id)
);

-- The posts of each merged feed, in the order of the feed. shown: of several with one entry id, the first is.
CREATE TABLE merged_post (
    merged_shard bigint           NOT NULL,
    feed_id      bigint           NOT NULL,
    listed_at    bigint           NOT NULL,
    key          text COLLATE "C" NOT NULL,
    shard        bigint           NOT NULL,
    source_id    bigint           NOT NULL,
    entry_id     text COLLATE "C" NOT NULL,
    shown        bigint           NOT NULL
);
CREATE UNIQUE INDEX merged_post_order ON merged_post (merged_shard, feed_id, listed_at DESC, key, shard, source_id);
ALTER TABLE merged_post REPLICA IDENTITY USING INDEX merged_post_order;
CREATE INDEX merged_post_by_entry ON merged_post (merged_shard, feed_id, entry_id, source_id, key);
CREATE INDEX merged_post_of_source ON merged_post (shard, source_id, key);
