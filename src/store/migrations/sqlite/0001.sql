-- The whole state. The PostgreSQL backend has the same tables with the same columns.
--
-- Times are unix milliseconds. A shard (that of the source's host) stands in every key that belongs to a source.
-- Texts that hold JSON: source.definition, source_state.failure, .gap_cursor, .deep_cursor, .profile, .rhythm,
-- post.categories, recipe_history.recipe.

-- What is paced and leased. next_at: the earliest due time of its sources; NULL: nothing is due ever.
CREATE TABLE host (
    shard         INTEGER NOT NULL,
    host_id       INTEGER NOT NULL,
    name          TEXT    NOT NULL,
    next_at       INTEGER,
    lease_until   INTEGER,
    lease_no      INTEGER NOT NULL DEFAULT 0,
    gap_ms        INTEGER,
    blocked_until INTEGER,
    PRIMARY KEY (shard, host_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX host_next ON host (next_at) WHERE next_at IS NOT NULL;

-- The configuration's sources: cold.
CREATE TABLE source (
    shard           INTEGER NOT NULL,
    source_id       INTEGER NOT NULL,
    host_id         INTEGER NOT NULL,
    id              TEXT    NOT NULL,
    url             TEXT    NOT NULL,
    title           TEXT,
    definition      TEXT    NOT NULL,
    definition_hash INTEGER NOT NULL,
    added_at        INTEGER NOT NULL,
    removed_at      INTEGER,
    PRIMARY KEY (shard, source_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX source_by_id ON source (id);
-- Not declared unique, though it is: or it would be preferred to the primary key.
CREATE INDEX source_by_number ON source (source_id);
-- Comparing the configuration reads this index alone.
CREATE INDEX source_glance ON source (id, definition_hash, removed_at);

-- What polls leave behind: hot. rests: paused or removed. due_at: NULL where it is gone for good (410).
-- lacks: whether post_lacking holds a post of it.
-- recipe_at: the row of recipe_history that is in use; NULL: the configuration's recipe is.
-- void_lease: what was read under this lease of the host or an earlier one was read with an older recipe.
CREATE TABLE source_state (
    shard         INTEGER NOT NULL,
    source_id     INTEGER NOT NULL,
    host_id       INTEGER NOT NULL,
    rests         INTEGER NOT NULL,
    due_at        INTEGER,
    void_lease    INTEGER NOT NULL DEFAULT 0,
    last_poll     INTEGER,
    last_success  INTEGER,
    outcome       TEXT,
    failures      INTEGER NOT NULL DEFAULT 0,
    failure       TEXT,
    etag          TEXT,
    last_modified TEXT,
    digest        BLOB,
    read_at       INTEGER,
    gap_cursor    TEXT,
    deep_at       INTEGER,
    deep_cursor   TEXT,
    ttl_ms        INTEGER,
    profile       TEXT,
    recipe_at     INTEGER,
    rhythm        TEXT,
    site_title    TEXT,
    language      TEXT,
    home_url      TEXT,
    declared      INTEGER,
    how           TEXT,
    lacks         INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (shard, source_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX source_state_due ON source_state (shard, host_id, due_at) WHERE rests = 0 AND due_at IS NOT NULL;

-- categories: the post's own paths in the order of the page; NULL: none.
-- asks: how often its own page was asked in vain for what it lacks; 3: it is asked no more.
CREATE TABLE post (
    shard               INTEGER NOT NULL,
    source_id           INTEGER NOT NULL,
    key                 TEXT    NOT NULL,
    entry_id            TEXT    NOT NULL,
    url                 TEXT    NOT NULL,
    title               TEXT    NOT NULL,
    excerpt             TEXT,
    author              TEXT,
    image               TEXT,
    published_at        INTEGER,
    published_offset    INTEGER,
    published_precision TEXT,
    listed_at           INTEGER NOT NULL,
    listed_offset       INTEGER NOT NULL,
    first_seen          INTEGER NOT NULL,
    updated             INTEGER NOT NULL,
    categories          TEXT,
    asks                INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (shard, source_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX post_newest ON post (shard, source_id, listed_at DESC, key);
CREATE INDEX post_uncategorized ON post (shard, source_id, listed_at DESC, key) WHERE categories IS NULL;
CREATE INDEX post_titled ON post (shard, source_id, title);
CREATE INDEX post_lacking ON post (shard, source_id, listed_at DESC, key)
    WHERE asks < 3 AND (categories IS NULL OR published_at IS NULL OR title = '');
CREATE INDEX post_undated ON post (shard, source_id, listed_at) WHERE published_at IS NULL;

-- Numbered within the source, parents first. url and declared: what the blog's own tree says.
CREATE TABLE category (
    shard       INTEGER NOT NULL,
    source_id   INTEGER NOT NULL,
    category_id INTEGER NOT NULL,
    path        TEXT    NOT NULL,
    slug_path   TEXT    NOT NULL,
    url         TEXT,
    declared    INTEGER,
    PRIMARY KEY (shard, source_id, category_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX category_by_path ON category (shard, source_id, path);
CREATE UNIQUE INDEX category_by_slug ON category (shard, source_id, slug_path);

-- The posts of each category's feed, those of its children included, in the order of the feed.
CREATE TABLE post_category (
    shard       INTEGER NOT NULL,
    source_id   INTEGER NOT NULL,
    category_id INTEGER NOT NULL,
    listed_at   INTEGER NOT NULL,
    key         TEXT    NOT NULL,
    PRIMARY KEY (shard, source_id, category_id, listed_at DESC, key)
) STRICT, WITHOUT ROWID;

-- Another key under which a post was met.
CREATE TABLE alias (
    shard     INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    key       TEXT    NOT NULL,
    post_key  TEXT    NOT NULL,
    PRIMARY KEY (shard, source_id, key)
) STRICT, WITHOUT ROWID;

-- A post that was taken away: its id is never given to another and it is not announced when it comes back.
CREATE TABLE tombstone (
    shard     INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    key       TEXT    NOT NULL,
    entry_id  TEXT    NOT NULL,
    gone_at   INTEGER NOT NULL,
    PRIMARY KEY (shard, source_id, key)
) STRICT, WITHOUT ROWID;

-- Every edit that moved a post's `updated`.
CREATE TABLE edit (
    shard        INTEGER NOT NULL,
    source_id    INTEGER NOT NULL,
    key          TEXT    NOT NULL,
    at           INTEGER NOT NULL,
    title_before TEXT    NOT NULL,
    title        TEXT    NOT NULL,
    PRIMARY KEY (shard, source_id, key, at)
) STRICT, WITHOUT ROWID;
CREATE INDEX edit_oldest ON edit (at);

-- What is owed to channels. place: its place among what one report owes.
CREATE TABLE outbox (
    id          TEXT    NOT NULL,
    shard       INTEGER NOT NULL,
    source_id   INTEGER NOT NULL,
    kind        TEXT    NOT NULL,
    key         TEXT,
    channel     TEXT    NOT NULL,
    text        TEXT,
    owed_at     INTEGER NOT NULL,
    place       INTEGER NOT NULL,
    not_before  INTEGER NOT NULL,
    lease_until INTEGER,
    attempts    INTEGER NOT NULL DEFAULT 0,
    error       TEXT,
    sent_at     INTEGER,
    dead_at     INTEGER,
    PRIMARY KEY (id, shard)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_owed ON outbox (channel, owed_at, place, id) WHERE sent_at IS NULL AND dead_at IS NULL;
CREATE INDEX outbox_dead ON outbox (dead_at) WHERE dead_at IS NOT NULL;
CREATE INDEX outbox_sent ON outbox (sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX outbox_of_source ON outbox (shard, source_id);

-- kind: all, category, uncategorized. category: the stored path, '' for the other kinds. archived: its frozen pages.
-- announced_version: the version that the hub was told of.
CREATE TABLE feed (
    shard             INTEGER NOT NULL,
    feed_id           INTEGER NOT NULL,
    source_id         INTEGER NOT NULL,
    kind              TEXT    NOT NULL,
    category          TEXT    NOT NULL,
    path              TEXT    NOT NULL,
    urn               TEXT    NOT NULL,
    version           INTEGER NOT NULL,
    published_version INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL,
    posts             INTEGER NOT NULL,
    archived          INTEGER NOT NULL DEFAULT 0,
    published_pages   INTEGER NOT NULL DEFAULT 0,
    announced_version INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (shard, feed_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX feed_by_number ON feed (feed_id);
CREATE UNIQUE INDEX feed_by_path ON feed (path);
CREATE UNIQUE INDEX feed_by_kind ON feed (shard, source_id, kind, category);
CREATE INDEX feed_stale ON feed (path) WHERE version > published_version;

-- Archive pages that are full, from 1 on, as they are for ever. content: JSON, compressed with zstd.
CREATE TABLE archive_page (
    shard     INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    feed_id   INTEGER NOT NULL,
    page      INTEGER NOT NULL,
    content   BLOB    NOT NULL,
    PRIMARY KEY (shard, source_id, feed_id, page)
) STRICT, WITHOUT ROWID;

-- The posts in them. page: the newest that holds it. updated: the post's own as that page shows it.
CREATE TABLE archived_post (
    shard     INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    feed_id   INTEGER NOT NULL,
    key       TEXT    NOT NULL,
    page      INTEGER NOT NULL,
    updated   INTEGER NOT NULL,
    PRIMARY KEY (shard, source_id, feed_id, key)
) STRICT, WITHOUT ROWID;

-- Pages of a source beside its index, each with validators of its own. role: feed, category. category: the stored
-- path, declared: the number of posts that the blog's tree gives it. resume: where reading it goes on.
CREATE TABLE page (
    shard         INTEGER NOT NULL,
    source_id     INTEGER NOT NULL,
    url           TEXT    NOT NULL,
    role          TEXT    NOT NULL,
    category      TEXT,
    declared      INTEGER,
    etag          TEXT,
    last_modified TEXT,
    digest        BLOB,
    read_at       INTEGER,
    not_before    INTEGER,
    resume        TEXT,
    PRIMARY KEY (shard, source_id, url)
) STRICT, WITHOUT ROWID;

-- robots.txt by origin.
CREATE TABLE robots (
    shard      INTEGER NOT NULL,
    origin     TEXT    NOT NULL,
    status     INTEGER NOT NULL,
    body       TEXT    NOT NULL,
    fetched_at INTEGER NOT NULL,
    PRIMARY KEY (shard, origin)
) STRICT, WITHOUT ROWID;

-- Recipes that were learnt, so that one can be taken back. reason: unread, broken.
CREATE TABLE recipe_history (
    shard     INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    recipe    TEXT    NOT NULL,
    reason    TEXT    NOT NULL,
    undone_at INTEGER,
    PRIMARY KEY (shard, source_id, at)
) STRICT, WITHOUT ROWID;

-- Values of the whole installation.
CREATE TABLE note (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What lets readers in. digest: SHA-256 of the secret, which is not kept.
CREATE TABLE token (
    name    TEXT    NOT NULL PRIMARY KEY,
    digest  BLOB    NOT NULL,
    made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
