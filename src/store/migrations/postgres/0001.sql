-- The whole state: the tables and columns of the SQLite backend, whose comments say more of some. Every whole number is a
-- bigint; every text is compared by its bytes, as SQLite does. The number of the schema stands in sosik_schema.
--
-- Times are unix milliseconds. A shard (that of the source's host) stands in every key that belongs to a source.
-- Texts that hold JSON: source.definition, source_state.failure, .gap_cursor, .deep_cursor, .profile, .rhythm,
-- post.categories, recipe_history.recipe.

-- What is paced and leased. next_at: the earliest due time of its sources; NULL: nothing is due ever.
CREATE TABLE host (
    shard         bigint           NOT NULL,
    host_id       bigint           NOT NULL,
    name          text COLLATE "C" NOT NULL,
    next_at       bigint,
    lease_until   bigint,
    lease_no      bigint           NOT NULL DEFAULT 0,
    gap_ms        bigint,
    blocked_until bigint,
    PRIMARY KEY (shard, host_id)
) WITH (fillfactor = 80);
CREATE INDEX host_next ON host (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX host_next_of_shard ON host (shard, next_at) WHERE next_at IS NOT NULL;

-- The configuration's sources: cold.
CREATE TABLE source (
    shard           bigint           NOT NULL,
    source_id       bigint           NOT NULL,
    host_id         bigint           NOT NULL,
    id              text COLLATE "C" NOT NULL,
    url             text COLLATE "C" NOT NULL,
    title           text COLLATE "C",
    definition      text COLLATE "C" NOT NULL,
    definition_hash bigint           NOT NULL,
    added_at        bigint           NOT NULL,
    removed_at      bigint,
    PRIMARY KEY (shard, source_id)
);
-- Comparing the configuration reads this index alone.
CREATE UNIQUE INDEX source_by_id ON source (id) INCLUDE (definition_hash, removed_at);
CREATE INDEX source_by_number ON source (source_id);

-- What polls leave behind: hot. rests: paused or removed. due_at: NULL where it is gone for good (410).
-- lacks: whether post_lacking holds a post of it.
-- recipe_at: the row of recipe_history that is in use; NULL: the configuration's recipe is.
-- void_lease: what was read under this lease of the host or an earlier one was read with an older recipe.
CREATE TABLE source_state (
    shard         bigint           NOT NULL,
    source_id     bigint           NOT NULL,
    host_id       bigint           NOT NULL,
    rests         bigint           NOT NULL,
    due_at        bigint,
    void_lease    bigint           NOT NULL DEFAULT 0,
    last_poll     bigint,
    last_success  bigint,
    outcome       text COLLATE "C",
    failures      bigint           NOT NULL DEFAULT 0,
    failure       text COLLATE "C",
    etag          text COLLATE "C",
    last_modified text COLLATE "C",
    digest        bytea,
    read_at       bigint,
    gap_cursor    text COLLATE "C",
    deep_at       bigint,
    deep_cursor   text COLLATE "C",
    ttl_ms        bigint,
    profile       text COLLATE "C",
    recipe_at     bigint,
    rhythm        text COLLATE "C",
    site_title    text COLLATE "C",
    language      text COLLATE "C",
    home_url      text COLLATE "C",
    declared      bigint,
    how           text COLLATE "C",
    lacks         bigint           NOT NULL DEFAULT 0,
    PRIMARY KEY (shard, source_id)
);
CREATE INDEX source_state_due ON source_state (shard, host_id, due_at) WHERE rests = 0 AND due_at IS NOT NULL;

-- categories: the post's own paths in the order of the page; NULL: none.
-- asks: how often its own page was asked in vain for what it lacks; 3: it is asked no more.
CREATE TABLE post (
    shard               bigint           NOT NULL,
    source_id           bigint           NOT NULL,
    key                 text COLLATE "C" NOT NULL,
    entry_id            text COLLATE "C" NOT NULL,
    url                 text COLLATE "C" NOT NULL,
    title               text COLLATE "C" NOT NULL,
    excerpt             text COLLATE "C",
    author              text COLLATE "C",
    image               text COLLATE "C",
    published_at        bigint,
    published_offset    bigint,
    published_precision text COLLATE "C",
    listed_at           bigint           NOT NULL,
    listed_offset       bigint           NOT NULL,
    first_seen          bigint           NOT NULL,
    updated             bigint           NOT NULL,
    categories          text COLLATE "C",
    asks                bigint           NOT NULL DEFAULT 0,
    PRIMARY KEY (shard, source_id, key)
);
CREATE INDEX post_newest ON post (shard, source_id, listed_at DESC, key);
CREATE INDEX post_uncategorized ON post (shard, source_id, listed_at DESC, key) WHERE categories IS NULL;
CREATE INDEX post_titled ON post (shard, source_id, title);
CREATE INDEX post_lacking ON post (shard, source_id, listed_at DESC, key)
    WHERE asks < 3 AND (categories IS NULL OR published_at IS NULL OR title = '');
CREATE INDEX post_undated ON post (shard, source_id, listed_at) WHERE published_at IS NULL;

-- Numbered within the source, parents first. url and declared: what the blog's own tree says.
CREATE TABLE category (
    shard       bigint           NOT NULL,
    source_id   bigint           NOT NULL,
    category_id bigint           NOT NULL,
    path        text COLLATE "C" NOT NULL,
    slug_path   text COLLATE "C" NOT NULL,
    url         text COLLATE "C",
    declared    bigint,
    PRIMARY KEY (shard, source_id, category_id)
);
CREATE UNIQUE INDEX category_by_path ON category (shard, source_id, path);
CREATE UNIQUE INDEX category_by_slug ON category (shard, source_id, slug_path);

-- The posts of each category's feed, those of its children included, in the order of the feed.
CREATE TABLE post_category (
    shard       bigint           NOT NULL,
    source_id   bigint           NOT NULL,
    category_id bigint           NOT NULL,
    listed_at   bigint           NOT NULL,
    key         text COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX post_category_order ON post_category (shard, source_id, category_id, listed_at DESC, key);
ALTER TABLE post_category REPLICA IDENTITY USING INDEX post_category_order;

-- Another key under which a post was met.
CREATE TABLE alias (
    shard     bigint           NOT NULL,
    source_id bigint           NOT NULL,
    key       text COLLATE "C" NOT NULL,
    post_key  text COLLATE "C" NOT NULL,
    PRIMARY KEY (shard, source_id, key)
);

-- A post that was taken away: its id is never given to another and it is not announced when it comes back.
CREATE TABLE tombstone (
    shard     bigint           NOT NULL,
    source_id bigint           NOT NULL,
    key       text COLLATE "C" NOT NULL,
    entry_id  text COLLATE "C" NOT NULL,
    gone_at   bigint           NOT NULL,
    PRIMARY KEY (shard, source_id, key)
);

-- Every edit that moved a post's `updated`.
CREATE TABLE edit (
    shard        bigint           NOT NULL,
    source_id    bigint           NOT NULL,
    key          text COLLATE "C" NOT NULL,
    at           bigint           NOT NULL,
    title_before text COLLATE "C" NOT NULL,
    title        text COLLATE "C" NOT NULL,
    PRIMARY KEY (shard, source_id, key, at)
);
CREATE INDEX edit_oldest ON edit (at);

-- What is owed to channels. place: its place among what one report owes.
CREATE TABLE outbox (
    id          text COLLATE "C" NOT NULL,
    shard       bigint           NOT NULL,
    source_id   bigint           NOT NULL,
    kind        text COLLATE "C" NOT NULL,
    key         text COLLATE "C",
    channel     text COLLATE "C" NOT NULL,
    text        text COLLATE "C",
    owed_at     bigint           NOT NULL,
    place       bigint           NOT NULL,
    not_before  bigint           NOT NULL,
    lease_until bigint,
    attempts    bigint           NOT NULL DEFAULT 0,
    error       text COLLATE "C",
    sent_at     bigint,
    dead_at     bigint,
    PRIMARY KEY (id, shard)
);
CREATE INDEX outbox_owed ON outbox (channel, owed_at, place, id) WHERE sent_at IS NULL AND dead_at IS NULL;
CREATE INDEX outbox_dead ON outbox (dead_at) WHERE dead_at IS NOT NULL;
CREATE INDEX outbox_sent ON outbox (sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX outbox_of_source ON outbox (shard, source_id);

-- kind: all, category, uncategorized. category: the stored path, '' for the other kinds. archived: its frozen pages.
-- announced_version: the version that the hub was told of.
CREATE TABLE feed (
    shard             bigint           NOT NULL,
    feed_id           bigint           NOT NULL,
    source_id         bigint           NOT NULL,
    kind              text COLLATE "C" NOT NULL,
    category          text COLLATE "C" NOT NULL,
    path              text COLLATE "C" NOT NULL,
    urn               text COLLATE "C" NOT NULL,
    version           bigint           NOT NULL,
    published_version bigint           NOT NULL,
    updated_at        bigint           NOT NULL,
    posts             bigint           NOT NULL,
    archived          bigint           NOT NULL DEFAULT 0,
    published_pages   bigint           NOT NULL DEFAULT 0,
    announced_version bigint           NOT NULL DEFAULT 0,
    PRIMARY KEY (shard, feed_id)
);
CREATE INDEX feed_by_number ON feed (feed_id);
CREATE UNIQUE INDEX feed_by_path ON feed (path);
CREATE UNIQUE INDEX feed_by_kind ON feed (shard, source_id, kind, category);
CREATE INDEX feed_stale ON feed (path) WHERE version > published_version;

-- Archive pages that are full, from 1 on, as they are for ever. content: JSON, compressed with zstd.
CREATE TABLE archive_page (
    shard     bigint NOT NULL,
    source_id bigint NOT NULL,
    feed_id   bigint NOT NULL,
    page      bigint NOT NULL,
    content   bytea  NOT NULL,
    PRIMARY KEY (shard, source_id, feed_id, page)
);

-- The posts in them. page: the newest that holds it. updated: the post's own as that page shows it.
CREATE TABLE archived_post (
    shard     bigint           NOT NULL,
    source_id bigint           NOT NULL,
    feed_id   bigint           NOT NULL,
    key       text COLLATE "C" NOT NULL,
    page      bigint           NOT NULL,
    updated   bigint           NOT NULL,
    PRIMARY KEY (shard, source_id, feed_id, key)
);

-- Pages of a source beside its index, each with validators of its own. role: feed, category. category: the stored
-- path, declared: the number of posts that the blog's tree gives it. resume: where reading it goes on.
CREATE TABLE page (
    shard         bigint           NOT NULL,
    source_id     bigint           NOT NULL,
    url           text COLLATE "C" NOT NULL,
    role          text COLLATE "C" NOT NULL,
    category      text COLLATE "C",
    declared      bigint,
    etag          text COLLATE "C",
    last_modified text COLLATE "C",
    digest        bytea,
    read_at       bigint,
    not_before    bigint,
    resume        text COLLATE "C",
    PRIMARY KEY (shard, source_id, url)
);

-- robots.txt by origin.
CREATE TABLE robots (
    shard      bigint           NOT NULL,
    origin     text COLLATE "C" NOT NULL,
    status     bigint           NOT NULL,
    body       text COLLATE "C" NOT NULL,
    fetched_at bigint           NOT NULL,
    PRIMARY KEY (shard, origin)
);

-- Recipes that were learnt, so that one can be taken back. reason: unread, broken.
CREATE TABLE recipe_history (
    shard     bigint           NOT NULL,
    source_id bigint           NOT NULL,
    at        bigint           NOT NULL,
    recipe    text COLLATE "C" NOT NULL,
    reason    text COLLATE "C" NOT NULL,
    undone_at bigint,
    PRIMARY KEY (shard, source_id, at)
);

-- Values of the whole installation.
CREATE TABLE note (
    name  text COLLATE "C" NOT NULL PRIMARY KEY,
    value text COLLATE "C" NOT NULL
);

-- What lets readers in. digest: SHA-256 of the secret, which is not kept.
CREATE TABLE token (
    name    text COLLATE "C" NOT NULL PRIMARY KEY,
    digest  bytea            NOT NULL,
    made_at bigint           NOT NULL
);
