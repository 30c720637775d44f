-- Made by UPDATE=1 cargo test --lib a_new_file_is_made: what all migrations lead to.
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
    removed_at      INTEGER, choice TEXT, written TEXT,
    PRIMARY KEY (shard, source_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX source_by_id ON source (id);
CREATE INDEX source_by_number ON source (source_id);
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
    lacks         INTEGER NOT NULL DEFAULT 0, excluded INTEGER NOT NULL DEFAULT 0, full_text INTEGER NOT NULL DEFAULT 0, misses INTEGER NOT NULL DEFAULT 0, leads INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (shard, source_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX source_state_due ON source_state (shard, host_id, due_at) WHERE rests = 0 AND due_at IS NOT NULL;
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
    asks                INTEGER NOT NULL DEFAULT 0, excluded INTEGER NOT NULL DEFAULT 0, tags TEXT, enclosures TEXT, text_asks INTEGER,
    PRIMARY KEY (shard, source_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX post_titled ON post (shard, source_id, title);
CREATE INDEX post_lacking ON post (shard, source_id, listed_at DESC, key)
    WHERE asks < 3 AND (categories IS NULL OR published_at IS NULL OR title = '');
CREATE INDEX post_undated ON post (shard, source_id, listed_at) WHERE published_at IS NULL;
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
CREATE TABLE post_category (
    shard       INTEGER NOT NULL,
    source_id   INTEGER NOT NULL,
    category_id INTEGER NOT NULL,
    listed_at   INTEGER NOT NULL,
    key         TEXT    NOT NULL,
    PRIMARY KEY (shard, source_id, category_id, listed_at DESC, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE alias (
    shard     INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    key       TEXT    NOT NULL,
    post_key  TEXT    NOT NULL,
    PRIMARY KEY (shard, source_id, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE tombstone (
    shard     INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    key       TEXT    NOT NULL,
    entry_id  TEXT    NOT NULL,
    gone_at   INTEGER NOT NULL, categories TEXT,
    PRIMARY KEY (shard, source_id, key)
) STRICT, WITHOUT ROWID;
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
    dead_at     INTEGER, message TEXT, rule TEXT, waited INTEGER NOT NULL DEFAULT 0, seen_at INTEGER,
    PRIMARY KEY (id, shard)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_owed ON outbox (channel, owed_at, place, id) WHERE sent_at IS NULL AND dead_at IS NULL;
CREATE INDEX outbox_dead ON outbox (dead_at) WHERE dead_at IS NOT NULL;
CREATE INDEX outbox_sent ON outbox (sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX outbox_of_source ON outbox (shard, source_id);
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
    announced_version INTEGER NOT NULL DEFAULT 0, chosen INTEGER NOT NULL DEFAULT 1, rechosen_at INTEGER, open_from INTEGER,
    PRIMARY KEY (shard, feed_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX feed_by_number ON feed (feed_id);
CREATE UNIQUE INDEX feed_by_path ON feed (path);
CREATE UNIQUE INDEX feed_by_kind ON feed (shard, source_id, kind, category);
CREATE TABLE archive_page (
    shard     INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    feed_id   INTEGER NOT NULL,
    page      INTEGER NOT NULL,
    content   BLOB    NOT NULL,
    PRIMARY KEY (shard, source_id, feed_id, page)
) STRICT, WITHOUT ROWID;
CREATE TABLE archived_post (
    shard     INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    feed_id   INTEGER NOT NULL,
    key       TEXT    NOT NULL,
    page      INTEGER NOT NULL,
    updated   INTEGER NOT NULL,
    PRIMARY KEY (shard, source_id, feed_id, key)
) STRICT, WITHOUT ROWID;
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
CREATE TABLE robots (
    shard      INTEGER NOT NULL,
    origin     TEXT    NOT NULL,
    status     INTEGER NOT NULL,
    body       TEXT    NOT NULL,
    fetched_at INTEGER NOT NULL,
    PRIMARY KEY (shard, origin)
) STRICT, WITHOUT ROWID;
CREATE TABLE recipe_history (
    shard     INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    recipe    TEXT    NOT NULL,
    reason    TEXT    NOT NULL,
    undone_at INTEGER,
    PRIMARY KEY (shard, source_id, at)
) STRICT, WITHOUT ROWID;
CREATE TABLE note (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE token (
    name    TEXT    NOT NULL PRIMARY KEY,
    digest  BLOB    NOT NULL,
    made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX post_newest ON post (shard, source_id, listed_at DESC, key, excluded);
CREATE INDEX post_uncategorized ON post (shard, source_id, listed_at DESC, key)
    WHERE categories IS NULL AND excluded = 0;
CREATE INDEX feed_stale ON feed (path) WHERE version > published_version AND chosen = 1;
CREATE INDEX feed_unchosen ON feed (path) WHERE published_version > 0 AND chosen = 0;
CREATE TABLE post_label (
    shard     INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    kind      TEXT    NOT NULL,
    label     TEXT    NOT NULL,
    listed_at INTEGER NOT NULL,
    key       TEXT    NOT NULL,
    PRIMARY KEY (shard, source_id, kind, label, listed_at DESC, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE merged (
    merged_shard INTEGER NOT NULL,
    feed_id      INTEGER NOT NULL,
    id           TEXT    NOT NULL,
    definition   TEXT    NOT NULL,
    removed_at   INTEGER,
    PRIMARY KEY (merged_shard, feed_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX merged_by_id ON merged (id);
CREATE TABLE merged_source (
    shard        INTEGER NOT NULL,
    source_id    INTEGER NOT NULL,
    merged_shard INTEGER NOT NULL,
    feed_id      INTEGER NOT NULL,
    PRIMARY KEY (shard, source_id, merged_shard, feed_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE merged_post (
    merged_shard INTEGER NOT NULL,
    feed_id      INTEGER NOT NULL,
    listed_at    INTEGER NOT NULL,
    key          TEXT    NOT NULL,
    shard        INTEGER NOT NULL,
    source_id    INTEGER NOT NULL,
    entry_id     TEXT    NOT NULL,
    shown        INTEGER NOT NULL,
    PRIMARY KEY (merged_shard, feed_id, listed_at DESC, key, shard, source_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX merged_post_by_entry ON merged_post (merged_shard, feed_id, entry_id, source_id, key);
CREATE INDEX merged_post_of_source ON merged_post (shard, source_id, key);
CREATE INDEX post_textless ON post (shard, source_id, listed_at DESC, key) WHERE text_asks < 3;
CREATE TABLE post_text (
    shard     INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    key       TEXT    NOT NULL,
    read_at   INTEGER NOT NULL,
    content   BLOB    NOT NULL,
    PRIMARY KEY (shard, source_id, key)
) STRICT;
CREATE TABLE met (
    shard     INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    key       TEXT    NOT NULL,
    PRIMARY KEY (shard, source_id, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE missing (
    shard     INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    key       TEXT    NOT NULL,
    looks     INTEGER NOT NULL,
    since     INTEGER NOT NULL,
    last_at   INTEGER NOT NULL,
    PRIMARY KEY (shard, source_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_message ON outbox (message) WHERE message IS NOT NULL;
CREATE INDEX outbox_tried ON outbox (channel, shard, source_id, not_before)
    WHERE sent_at IS NULL AND dead_at IS NULL AND attempts > 0;
CREATE TABLE channel (
    name        TEXT    NOT NULL PRIMARY KEY,
    refusals    INTEGER NOT NULL DEFAULT 0,
    error       TEXT,
    help        TEXT,
    rests_until INTEGER,
    quiet_until INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE event (
    number  INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    message TEXT    NOT NULL UNIQUE,
    at      INTEGER NOT NULL,
    data    TEXT    NOT NULL
) STRICT;
CREATE INDEX event_at ON event (at);
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
CREATE TABLE duty (
    name        TEXT    NOT NULL PRIMARY KEY,
    worker      TEXT    NOT NULL,
    lease_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX source_state_leads ON source_state (shard, host_id) WHERE leads = 1;
CREATE INDEX source_stored ON source (id) WHERE written IS NOT NULL;
CREATE INDEX source_state_gone ON source_state (shard, source_id) WHERE rests = 0 AND due_at IS NULL;
CREATE INDEX source_of_file ON source (id, definition_hash, removed_at, written) WHERE written IS NULL;
INSERT INTO note (name, value) VALUES ('event log', lower(hex(randomblob(6))));
