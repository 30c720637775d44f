//! Every key that a configuration can hold: the one table behind the checks and docs/configuration.md.
//!
//! A new key needs a line here and a field in its owner's `Options`; a test holds the two together.

use super::kind::Kind;
use crate::model::title::Template;

/// A table of the configuration.
#[derive(Debug)]
pub(super) struct Table {
    /// Its path: `fetch`, `fetch.host`; empty for the top of the file.
    pub(super) path: &'static str,
    /// Whether it is written as `[[path]]`, any number of times.
    pub(super) many: bool,
    /// What it is for.
    pub(super) doc: &'static str,
    /// Its keys, in the order in which they are shown.
    pub(super) keys: &'static [Key],
}

/// A key of a table.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) name: &'static str,
    /// What its value may be.
    pub(super) kind: Kind,
    /// Whether the table is nothing without it.
    pub(super) required: bool,
    /// What holds without it, in words or as it would be written.
    pub(super) default: &'static str,
    /// A value as it would be written.
    pub(super) example: &'static str,
    /// What it does.
    pub(super) doc: &'static str,
}

impl Table {
    /// The key of that name.
    pub(super) fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// The tables that stand directly below it, with the last part of their paths.
    pub(super) fn children(&self) -> impl Iterator<Item = (&'static str, &'static Table)> + '_ {
        TABLES.iter().filter_map(|table| {
            let (parent, name) = table.path.rsplit_once('.').unwrap_or(("", table.path));
            (!name.is_empty() && parent == self.path).then_some((name, table))
        })
    }

    /// Where its keys stand: `in [fetch]`.
    pub(super) fn place(&self) -> String {
        if self.path.is_empty() { format!("at {}", self.heading()) } else { format!("in {}", self.heading()) }
    }

    /// Its heading as it is written in the file.
    pub(super) fn heading(&self) -> String {
        match (self.path, self.many) {
            ("", _) => "the top of the file".to_owned(),
            (path, true) => format!("[[{path}]]"),
            (path, false) => format!("[{path}]"),
        }
    }
}

/// The top of the file.
pub(super) fn root() -> &'static Table {
    &TABLES[0]
}

const fn key(name: &'static str, kind: Kind, default: &'static str, example: &'static str, doc: &'static str) -> Key {
    Key { name, kind, required: false, default, example, doc }
}

const fn required(name: &'static str, kind: Kind, example: &'static str, doc: &'static str) -> Key {
    Key { name, kind, required: true, default: "", example, doc }
}

/// The longest that one message over one channel may take, in milliseconds: below what a channel is waited for.
const TELLING_MS: i64 = 55_000;

const fn secret(name: &'static str, example: &'static str, doc: &'static str) -> Key {
    key(name, Kind::Secret, "none", example, doc)
}

const fn in_file(name: &'static str) -> Key {
    key(name, Kind::Path, "none", "\"/etc/sosik/secret\"", "A file that holds it, and nothing else.")
}

const fn in_env(name: &'static str) -> Key {
    key(name, Kind::Text, "none", "\"SOSIK_SECRET\"", "The variable of the environment that holds it.")
}

const fn in_credential(name: &'static str) -> Key {
    key(name, Kind::Text, "none", "\"secret\"", "The systemd credential that holds it (`LoadCredential=` of the unit).")
}

const fn channel_name() -> Key {
    required(
        "name",
        Kind::ChannelName,
        "\"team\"",
        "What it is called in rules, messages and commands; no other channel is.",
    )
}

const fn telling_takes(default: &'static str) -> Key {
    key(
        "timeout",
        Kind::Duration { least_ms: 100, most_ms: TELLING_MS },
        default,
        "\"20s\"",
        "The longest that one message may take.",
    )
}

/// The sorts of feeds, as [`crate::model::choice::FeedSort`] names them.
const SORTS: &[&str] = &["all", "categories", "uncategorized", "tags", "authors"];

/// By what `include` and `exclude` know posts.
#[rustfmt::skip] // as the table below
const RULES: &[Key] = &[
    key("title", Kind::Texts, "none", "[\"release\", \"출시\"]", "Texts of which the title holds one."),
    key("link", Kind::Texts, "none", "[\"/press/\"]", "Texts of which the link holds one."),
    key("category", Kind::Texts, "none", "[\"Big Data\", \"*/Kafka\"]", "Categories of which it is in one, or below one; `*` stands for any text."),
    key("tag", Kind::Texts, "none", "[\"sponsored\"]", "Tags of which it has one; `*` stands for any text."),
    key("author", Kind::Texts, "none", "[\"Jane Doe\"]", "Authors of whom one wrote it; `*` stands for any text."),
    key("regex", Kind::Regexes, "none", "['^Weekly \\d+']", "Regular expressions of which one finds something in the title; `(?i)` before one: capital letters make no difference."),
];

/// Every table; the top of the file stands first.
#[rustfmt::skip] // one key to a line: the table is read as a table
pub(super) static TABLES: &[Table] = &[
    Table { path: "", many: false, doc: "What stands before the first table.", keys: &[
        key("language", Kind::Words(&["en", "ko"]), "the locale's, else `\"en\"`", "\"ko\"", "Language of messages and pages."),
    ] },
    Table { path: "source", many: true, doc: "A blog to watch; one `[[source]]` each.", keys: &[
        key("id", Kind::SourceId, "from the URL's host: `slow-dev.tistory.com` → `slow-dev`; `-2` is appended where it is taken", "\"slow\"", "Its name: the first part of its feeds' paths. A changed `url` under the same id is the same blog, moved: its posts stay. Another id is another source, unless `sosik source rename` gives it."),
        required("url", Kind::PageUrl, "\"https://slow-dev.tistory.com/category\"", "The page that lists its posts: `http:`, `https:`, or a `file:` whose relative path starts at this file's folder."),
        key("base_url", Kind::WebUrl, "`url`", "\"https://slow-dev.example/\"", "What relative links stand under. A `file:` needs it."),
        key("title", Kind::Text, "the page's own", "\"느린 개발자의 기록\"", "The blog's title in feeds and messages."),
        key("preset", Kind::Text, "chosen by the page itself", "\"tistory\"", "How to read its pages: the recipe of a family of sites."),
        key("backfill", Kind::Backfill, "\"all\"", "\"all\"", "How many pages the first look walks back: a number, or `\"all\"`."),
        key("interval", Kind::Interval, "15 minutes to 24 hours, as often as the blog has news", "\"30m\"", "Time between two looks."),
        key("schedule", Kind::Cron, "none", "\"0 9 * * MON-FRI\"", "Moments of its looks instead of an `interval`: minute, hour, day, month, weekday as in crontab, in the source's zone (`time_zone`). Each comes up to a minute later, so that not all come at once."),
        key("language", Kind::LanguageTag, "the page's own", "\"ko\"", "Language of its posts (BCP 47)."),
        key("time_zone", Kind::TimeZone, "the preset's, else what the language suggests", "\"Asia/Seoul\"", "Zone in which its dates are written (IANA name)."),
        key("headers", Kind::Headers, "none", "{ Cookie = \"name=value\" }", "Headers that go along with every request to it."),
        key("allow_private_addresses", Kind::Flag, "`fetch.allow_private_addresses`", "true", "Whether it may live on a private or loopback address."),
        key("robots", Kind::Flag, "`fetch.robots`", "false", "Whether its robots.txt is heeded."),
        key("full_text", Kind::Flag, "false", "false", "Whether each post's own page is read for its full text, which its feeds show then: once a post and again when it is edited, the newest first, at most `fetch.permalinks` of them a look. Where the text stands is the recipe's `content`, else what reads like an article."),
        key("paused", Kind::Flag, "false", "true", "Whether it rests: its posts and feeds stay, nothing is fetched."),
        key("feeds", Kind::WordList(SORTS), "`feeds.feeds`", "[\"all\", \"categories\"]", "Which of its feeds are offered."),
        key("children", Kind::Flag, "`feeds.children`", "false", "Whether the feed of a category holds the posts of the categories below it."),
        key("feed_title", Kind::Template(Template::OF_BLOG), "`feeds.title`", "\"{blog} (all)\"", "The title of the feed of all its posts."),
        key("category_title", Kind::Template(Template::OF_CATEGORY), "`feeds.category_title`", "\"{label} @ {blog}\"", "The title of its other feeds."),
    ] },
    Table { path: "source.include", many: false, doc: "The posts of the source that stand in its feeds and are announced: those that one of these keys knows. All others are stored, and come into the feeds with their own dates and ids when you let them in, unannounced. Without the table every post is let in. Capital letters make no difference but in `regex`.", keys: RULES },
    Table { path: "source.exclude", many: false, doc: "The posts of the source that stand in no feed and are not announced, whatever `include` says: those that one of these keys knows.", keys: RULES },
    Table { path: "source.recipe", many: false, doc: "How to read this source's pages. Each key replaces the preset's; without a preset `post` must be there. A selector is CSS, `CSS @attribute`, or `CSS ::own-text` (the text outside child elements). With `format = \"json\"` the keys are paths into the answer of a JSON endpoint instead: `data.posts[]`, `user.name`, `tags[].name`, `posts[-1].id`. `a | b` takes the first with a value, `{…}` makes a template (`https://blog.example/{slug}`), `::html` behind a path says that its value is HTML, `::url` that it is percent-encoded, `::csv` that it holds several with commas between; `!` before `next` that it names the last page.", keys: &[
        key("format", Kind::Words(&["html", "json"]), "\"html\"", "\"json\"", "What is read: the page, or a JSON endpoint."),
        key("endpoint", Kind::Text, "`url`", "\"{origin}/api/posts?page={page}\"", "The JSON endpoint: a template that may say `{origin}` (of `url`), `{page}` (from 1), `{offset}` (posts read so far) and `{cursor}` (what `next` found)."),
        key("body", Kind::Text, "none: a GET", "'{ \"page\": \"{page}\" }'", "The JSON that is posted to the endpoint; a text in it that is nothing but `{page}`, `{offset}` or `{cursor}` becomes that value."),
        key("embedded", Kind::Selector, "none: the answer is JSON", "\"script#__NEXT_DATA__\"", "The element of an HTML page that holds the JSON."),
        key("total", Kind::Selector, "none", "\"data.totalCount\"", "The number of posts that the endpoint says the blog has: once they are read, the list ends."),
        key("post", Kind::Selector, "the preset's", "\".list > .row\"", "The element that holds one post."),
        key("title", Kind::Selector, "the link's text", "\".row-title\"", "Within it, the title."),
        key("link", Kind::Selector, "the post itself if it is a link, else its first link", "\"a.row-link\"", "Within it, the link."),
        key("excerpt", Kind::Selector, "none", "\".row-text\"", "Within it, the excerpt."),
        key("category", Kind::Selector, "none", "\".row-info > a\"", "Within it, the category; every match is one."),
        key("tag", Kind::Selector, "none", "\".tags > a\"", "Within it, a tag: a label that is no category; every match is one."),
        key("date", Kind::Selector, "none", "\"time @datetime\"", "Within it, the date."),
        key("author", Kind::Selector, "none", "\".byline ::own-text\"", "Within it, the author."),
        key("image", Kind::Selector, "none", "\"img @src\"", "Within it, the picture."),
        key("enclosure", Kind::Selector, "none", "\"audio source @src\"", "Within it, what it brings along: a sound, a film, a file; every match is one."),
        key("next", Kind::Selector, "the page's own `rel=next`, else the platform's", "\"a.next\"", "On the page, the link to the next older page."),
        key("date_format", Kind::DateFormat, "any way that people write dates", "\"%Y.%m.%d\"", "How the date is written, as in strptime."),
        key("content", Kind::Selector, "the preset's, else what reads like an article", "\".entry-content\"", "On a post's own page, the element that holds its full text (`full_text`)."),
    ] },
    Table { path: "store", many: false, doc: "The state: what was seen, what is owed, what is due. `--state DIR` overrides it with `DIR/sosik.db`.", keys: &[
        key("url", Kind::StoreUrl, "`sqlite:$XDG_STATE_HOME/sosik/sosik.db`; under systemd `sqlite:$STATE_DIRECTORY/sosik.db`", "\"sqlite:../state/sosik.db\"", "`sqlite:` and the path of the database, or `postgres://USER@HOST/DATABASE` of a PostgreSQL server (15 or newer) that any number of machines share (docs/scale.md)."),
        in_file("url_file"), in_env("url_env"), in_credential("url_credential"),
        key("pool", Kind::Count { least: 2, most: 1000 }, "8", "16", "Connections to a PostgreSQL server at most."),
        key("backups", Kind::Count { least: 0, most: 3650 }, "7", "7", "How many backups of days are kept in the folder `backups` beside the state, one made a day when nothing else is to be done; `0`: none. One is always made before a new version changes the schema."),
        key("keep_sent", Kind::Duration { least_ms: 86_400_000, most_ms: 3_155_760_000_000 }, "\"30d\"", "\"90d\"", "How long it is kept that somebody was told. No post is told anew after that either."),
        key("keep_dead", Kind::Duration { least_ms: 86_400_000, most_ms: 3_155_760_000_000 }, "\"365d\"", "\"365d\"", "How long notifications that were given up are shown."),
        key("keep_history", Kind::Duration { least_ms: 86_400_000, most_ms: 3_155_760_000_000 }, "\"365d\"", "\"365d\"", "How long titles before edits are kept, and robots.txt of servers that nobody asks any more."),
        key("keep_events", Kind::Duration { least_ms: 3_600_000, most_ms: 3_155_760_000_000 }, "\"30d\"", "\"90d\"", "How long what agents were told is kept for those that are away (`[notify.agents]`)."),
    ] },
    Table { path: "publish", many: false, doc: "The feeds as files. `--publish DIR` overrides `dir`.", keys: &[
        key("dir", Kind::Folder, "`$XDG_DATA_HOME/sosik/feeds`; under systemd `$STATE_DIRECTORY/feeds`", "\"../state/feeds\"", "The folder that gets the feeds; `\"\"`: no files."),
        key("formats", Kind::WordList(&["rss", "atom", "json"]), "[\"rss\", \"atom\", \"json\"]", "[\"rss\", \"atom\", \"json\"]", "The formats that are written."),
        key("base_url", Kind::WebUrl, "\"http://127.0.0.1:7878\"", "\"https://feeds.example.org\"", "Where the feeds are served: what they call themselves."),
        key("hub", Kind::WebUrl, "none", "\"https://hub.example.org/\"", "A WebSub hub: it is told of every change, and readers that know WebSub hear of it at once. It must be able to reach `base_url`."),
    ] },
    Table { path: "feeds", many: false, doc: "The documents.", keys: &[
        key("entries", Kind::Count { least: 0, most: u32::MAX }, "50", "50", "Posts in a document, newest first; `0`: all. Older ones stand in the feed's archive."),
        key("edits", Kind::Words(&["update", "ignore", "announce"]), "\"update\"", "\"announce\"", "What becomes of a post whose title or content is changed: `\"update\"`: feeds show it as updated; `\"ignore\"`: it stays as it was first seen; `\"announce\"`: as `\"update\"`, and you are told."),
        key("removed", Kind::Words(&["keep", "drop"]), "\"keep\"", "\"drop\"", "What becomes of a post that its blog does not show any more: `\"keep\"`: it stays; `\"drop\"`: once three walks through the whole of the blog's list, a day apart and more, do not show it, it leaves the feeds, and Atom says so (RFC 6721). One that comes back is the same post and is not told. Pages of an archive that are full keep it."),
        key("feeds", Kind::WordList(SORTS), "[\"all\", \"categories\", \"uncategorized\"]", "[\"all\", \"authors\"]", "Which feeds are offered of each blog: the one of all posts, one for each category, the one of posts without a category, one for each tag, one for each author. A tag is what the recipe's `tag` finds, or what the blog's own feed calls a post that is no category of the blog; that feed is asked where `feeds` or a filter of the source names tags, so older posts have none. The address of one that is no longer offered answers 410; offered again it is the same feed."),
        key("children", Kind::Flag, "true", "false", "Whether the feed of a category holds the posts of the categories below it."),
        key("title", Kind::Template(Template::OF_BLOG), "\"{blog}\"", "\"{blog} (all)\"", "The title of the feed of a whole blog: `{blog}` is the blog's title, `{source}` its id."),
        key("category_title", Kind::Template(Template::OF_CATEGORY), "\"{category} · {blog}\"", "\"{label} @ {blog}\"", "The title of every other feed of a blog: `{category}` is the category's whole path, `{label}` its last part; for the feed of a tag or an author both are the tag or the author, for that of uncategorised posts the word for it."),
    ] },
    Table { path: "feed", many: true, doc: "A feed over several blogs, at `/feeds/_merged/ID`; one `[[feed]]` each. It holds the posts that every key finds, as far as the feeds of their own blogs do (`[source.include]`, `[source.exclude]`). A post that two sources have is in it once, and one without an author names its blog there.", keys: &[
        required("id", Kind::SourceId, "\"kafka\"", "Its name: the last part of its path."),
        key("title", Kind::Template(Template::OF_MERGED), "`id`", "\"Kafka everywhere\"", "Its title; `{id}` is its name."),
        key("description", Kind::Text, "\"Posts of several blogs\"", "\"What my colleagues write\"", "What it is, in a sentence."),
        key("language", Kind::LanguageTag, "none", "\"ko\"", "Language of its posts (BCP 47)."),
        key("sources", Kind::Texts, "[\"*\"]", "[\"slow\", \"dev-*\"]", "The ids of its sources; `*` stands for any text."),
        key("categories", Kind::Texts, "all", "[\"Big Data/Kafka\"]", "Only posts in one of these categories or below one; `*` stands for any text."),
        key("authors", Kind::Texts, "all", "[\"Jane Doe\"]", "Only posts by one of these; `*` stands for any text."),
    ] },
    Table { path: "feed.include", many: false, doc: "Only posts that one of these keys knows, as in `[source.include]`.", keys: RULES },
    Table { path: "feed.exclude", many: false, doc: "No post that one of these keys knows.", keys: RULES },
    Table { path: "fetch", many: false, doc: "How pages are asked for.", keys: &[
        key("user_agent", Kind::HeaderText, "sosik and its version", "\"sosik (me@example.org)\"", "What we call ourselves to servers."),
        key("timeout", Kind::Duration { least_ms: 100, most_ms: 600_000 }, "\"20s\"", "\"20s\"", "Longest time that one request may take, redirects and body included."),
        key("idle_timeout", Kind::Duration { least_ms: 100, most_ms: 600_000 }, "\"10s\"", "\"10s\"", "Longest silence within a request."),
        key("max_body", Kind::Size, "\"5 MiB\"", "\"5 MiB\"", "Largest body after decompression."),
        key("host_gap", Kind::Duration { least_ms: 1, most_ms: 3_600_000 }, "\"1s\"", "\"1s\"", "Shortest time between two requests to one host. A host is a registrable domain: all blogs of `tistory.com` share it."),
        key("permalinks", Kind::Count { least: 0, most: 1000 }, "20", "20", "Posts' own pages that one look at a blog reads at most, the newest first and each once, for a category or a date that neither its list nor its feed nor its category pages show; `0`: none."),
        key("robots", Kind::Flag, "true", "true", "Whether robots.txt is heeded (RFC 9309)."),
        key("proxy", Kind::ProxyUrl, "none, whatever the environment says", "\"socks5://127.0.0.1:9050\"", "Proxy for every request."),
        key("ca_file", Kind::Path, "the system's authorities alone", "\"/etc/ssl/my-ca.pem\"", "PEM file of certificate authorities to trust besides the system's."),
        key("allow_private_addresses", Kind::Flag, "false", "true", "Whether private, loopback and link-local addresses may be asked."),
    ] },
    Table { path: "fetch.host", many: true, doc: "A host of one's own, with a pace of its own.", keys: &[
        required("name", Kind::HostName, "\"127.0.0.1\"", "The registrable domain, host name or address; with a port, only that port."),
        key("gap", Kind::Duration { least_ms: 0, most_ms: 3_600_000 }, "`fetch.host_gap`", "\"0s\"", "Shortest time between two requests to it."),
        key("width", Kind::Count { least: 1, most: 1024 }, "1", "64", "Requests at a time."),
    ] },
    Table { path: "serve", many: false, doc: "The feeds over HTTP.", keys: &[
        key("listen", Kind::Listen, "[\"127.0.0.1:7878\"]", "[\"127.0.0.1:7878\"]", "Addresses with a port, or paths of Unix sockets; `[]`: nothing is served."),
        key("public", Kind::Flag, "false", "true", "Whether addresses beyond this machine may be listened on while there is no token (`sosik token add`). Where there are tokens, one is always asked for."),
        key("max_age", Kind::Duration { least_ms: 0, most_ms: 86_400_000 }, "\"5m\"", "\"5m\"", "How long readers and caches may go without asking again."),
        key("cache", Kind::Size, "\"32 MiB\"", "\"512 MiB\"", "Rendered feeds that are kept in memory, each version of each once a format and coding."),
    ] },
    Table { path: "agent", many: false, doc: "What `sosik agent` follows, on a machine whose desktop shows what another machine found. How it looks is `[notify.desktop]`.", keys: &[
        key("server", Kind::WebUrl, "none: `--server`", "\"https://feeds.example.org\"", "The other machine's sosik: what its feeds call themselves (`publish.base_url`)."),
        key("token_file", Kind::Path, "none", "\"agent-token\"", "The file that holds the token with which the server lets it in (there: `sosik token add`)."),
    ] },
    Table { path: "notify", many: false, doc: "Who is told of new posts; each channel has a table of its own. Without rules every channel is told of everything at once: a source's few posts one by one, its many together.", keys: &[
        key("give_up", Kind::Duration { least_ms: 60_000, most_ms: 2_678_400_000 }, "\"24h\"", "\"2 days\"", "How long a message that a channel refuses is tried again, ten times at least. Then it is given up and shown by `sosik status`; `sosik notify replay` sends it. The desktop waits for ever."),
        key("failures", Kind::Count { least: 1, most: 1000 }, "3", "5", "The failure in a row with which you are told that a source cannot be read any more; you are told once, and once when it reads again."),
    ] },
    Table { path: "notify.rule", many: true, doc: "What is told to whom, and when. The first rule that matches decides; what none matches goes to every channel at once. A condition that is left out matches everything.", keys: &[
        key("name", Kind::Text, "none", "\"work\"", "What `at_most` is counted by: a rule that keeps its name keeps its count when it is changed."),
        key("sources", Kind::Texts, "all", "[\"slow\", \"team-*\"]", "Ids of sources; `*` stands for any letters."),
        key("categories", Kind::Texts, "all", "[\"Big Data\", \"*/Kafka\"]", "Categories, each with those below it; `*` stands for any letters, `_uncategorized` for posts without one."),
        key("keywords", Kind::Texts, "none asked for", "[\"kafka\", \"카프카\", \"kube*\"]", "Words of which one stands in the title or the excerpt, in small letters or capitals. `go` is not in `google`; `go*` is."),
        key("about", Kind::WordList(&["posts", "edits", "failures"]), "all", "[\"posts\"]", "New posts, edited posts (where `feeds.edits` announces them), sources that fail and read again."),
        key("channels", Kind::Texts, "all", "[\"desktop\"]", "Who is told: `desktop`, or the name of another channel; `[]`: nobody."),
        key("quiet_hours", Kind::QuietHours, "none", "\"22:00-08:00\"", "When nothing is told; what comes meanwhile is told as a digest at their end."),
        key("time_zone", Kind::TimeZone, "this machine's", "\"Asia/Seoul\"", "Zone of `quiet_hours` and `digest` (IANA name)."),
        key("at_most", Kind::AtMost, "no bound", "\"5/h\"", "How many messages in how long, over each channel; what is more is told as a digest when there is room."),
        key("digest", Kind::DigestTimes, "told at once", "\"daily 08:00\"", "When all that came since is told together."),
    ] },
    Table { path: "notify.desktop", many: false, doc: "Notifications on this desktop. A click opens the post (http and https only); the buttons mark it as seen, or keep the desktop quiet for an hour.", keys: &[
        key("enabled", Kind::FlagOrAuto, "\"auto\"", "\"auto\"", "`\"auto\"`: where a session bus exists; `true`: what cannot be shown waits until one does; `false`: never."),
        key("apart", Kind::Count { least: 0, most: 20 }, "3", "3", "Posts of a source that are shown apart when they come together; more are one notification with their number and the first titles."),
        key("at_most", Kind::AtMost, "\"20/h\"", "\"20/h\"", "How many notifications in how long; what is more is told as a digest when there is room."),
        key("sound", Kind::Text, "none", "\"message-new-instant\"", "A sound of the desktop's theme, where the desktop plays sounds."),
    ] },
    Table { path: "notify.agents", many: false, doc: "Desktops far from this machine: `sosik agent --server URL` shows there what this channel, `agents`, is told.", keys: &[
        key("enabled", Kind::Flag, "false", "true", "Whether they are told. They come to `/events` of `[serve]`, where whoever may read the feeds may follow."),
    ] },
    Table { path: "notify.webhook", many: true, doc: "A request to a URL for each message: to a program of your own, or to Slack, Discord, Mattermost, Telegram or Matrix. [channels.md](channels.md) shows each. A secret is written in one of four keys.", keys: &[
        channel_name(),
        key("format", Kind::Words(&["json", "slack", "discord", "mattermost", "telegram", "matrix"]), "\"json\"", "\"slack\"", "What the body is; `\"json\"`: the whole message."),
        secret("url", "\"https://hooks.example.org/…\"", "Where the requests go; private addresses are allowed. Of Matrix the homeserver; Telegram needs none. Whoever knows that of a chat may write into it: it is a secret."),
        in_file("url_file"), in_env("url_env"), in_credential("url_credential"),
        secret("token", "\"…\"", "The token of Telegram's bot or Matrix's user; elsewhere it is sent as `Authorization: Bearer …`."),
        in_file("token_file"), in_env("token_env"), in_credential("token_credential"),
        secret("secret", "\"…\"", "What the body is signed with: `X-Sosik-Signature-256: sha256=…` (HMAC)."),
        in_file("secret_file"), in_env("secret_env"), in_credential("secret_credential"),
        key("to", Kind::Text, "none", "\"-1001234567890\"", "Telegram's chat (its number, or `@channel`), Matrix's room (its id, `!…:example.org`)."),
        key("body", Kind::Text, "what `format` says", "'{ \"text\": \"{summary}\" }'", "A body of your own. Placeholders: `{id}`, `{kind}`, `{at}`, `{summary}`, `{body}`, `{link}`, `{count}`, `{source}`, `{source_id}`, `{posts}`, `{json}`; of one post `{title}`, `{url}`, `{category}`, `{author}`, `{excerpt}`, `{image}`, `{published}`. What they put in is escaped as `content_type` asks."),
        key("content_type", Kind::HeaderText, "\"text/plain; charset=utf-8\"", "\"application/json\"", "The media type of `body`."),
        key("method", Kind::Words(&["POST", "PUT"]), "\"POST\"; Matrix: \"PUT\"", "\"PUT\"", "The request's method."),
        key("headers", Kind::Headers, "none", "{ X-Room = \"news\" }", "Headers that go along; `token` makes one of its own."),
        telling_takes("\"10s\""),
    ] },
    Table { path: "notify.ntfy", many: true, doc: "A push notification by [ntfy](https://ntfy.sh).", keys: &[
        channel_name(),
        key("server", Kind::WebUrl, "\"https://ntfy.sh\"", "\"https://ntfy.example.org\"", "The server."),
        secret("topic", "\"news-7f3a\"", "The topic. On a server that lets everybody in whoever knows it reads along: it is a secret."),
        in_file("topic_file"), in_env("topic_env"), in_credential("topic_credential"),
        key("priority", Kind::Words(&["min", "low", "default", "high", "max"]), "\"default\"", "\"low\"", "How urgent its messages are."),
        key("tags", Kind::Texts, "none", "[\"newspaper\"]", "Tags; names of emoji are shown as such."),
        secret("token", "\"tk_…\"", "An access token, where the server wants one."),
        in_file("token_file"), in_env("token_env"), in_credential("token_credential"),
        key("user", Kind::Text, "none", "\"phil\"", "Who logs in with `password`."),
        secret("password", "\"…\"", "The password of `user`."),
        in_file("password_file"), in_env("password_env"), in_credential("password_credential"),
        telling_takes("\"10s\""),
    ] },
    Table { path: "notify.email", many: true, doc: "A mail for each message, over the SMTP server of your provider or machine.", keys: &[
        channel_name(),
        required("server", Kind::HostName, "\"smtp.example.org\"", "The host of the SMTP server."),
        key("port", Kind::Count { least: 1, most: 65_535 }, "465, with `\"starttls\"` 587, with `\"none\"` 25", "587", "Its port."),
        key("tls", Kind::Words(&["tls", "starttls", "none"]), "\"tls\"", "\"starttls\"", "How the connection is encrypted: from the start, from the command STARTTLS on (which must be there), not at all."),
        key("ca_file", Kind::Path, "the system's authorities alone", "\"/etc/ssl/my-ca.pem\"", "PEM file of certificate authorities to trust besides the system's."),
        key("user", Kind::Text, "none", "\"me@example.org\"", "Who logs in with `password`."),
        secret("password", "\"…\"", "The password of `user`; many providers make one for each program."),
        in_file("password_file"), in_env("password_env"), in_credential("password_credential"),
        required("from", Kind::Text, "\"sosik <me@example.org>\"", "Who writes."),
        required("to", Kind::Texts, "[\"me@example.org\"]", "To whom."),
        telling_takes("\"30s\""),
    ] },
    Table { path: "notify.command", many: true, doc: "A program of your own, started for each message: its JSON on standard input, its parts as `SOSIK_SUMMARY` and so on. Exit code 0: it arrived.", keys: &[
        channel_name(),
        required("argv", Kind::Texts, "[\"/usr/local/bin/on-news\", \"--quiet\"]", "The program and its arguments; no shell reads them. A relative path starts at this file's folder, a name without `/` is looked for in `$PATH`."),
        telling_takes("\"30s\""),
    ] },
    Table { path: "notify.log", many: true, doc: "A line for each message.", keys: &[
        channel_name(),
        key("file", Kind::Path, "the program's own log", "\"news.jsonl\"", "A file that gets the message as a line of JSON; it may be moved away at any time."),
    ] },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::settings::{Form, Settings};
    use crate::notify::{command, email, log, ntfy, webhook};

    /// The keys that serde knows of a table's options, by what their default serialises to.
    fn fields(options: &impl serde::Serialize) -> Vec<String> {
        match serde_json::to_value(options).unwrap() {
            serde_json::Value::Object(fields) => fields.into_iter().map(|(name, _)| name).collect(),
            other => panic!("{other}"),
        }
    }

    /// The same of a channel, with every form of its secrets.
    fn channel<O: serde::Serialize + Default + Settings>() -> Vec<String> {
        let options = O::default();
        let secrets = options.secrets().map(|(keys, _)| keys).unwrap_or_default();
        let forms = secrets.iter().flat_map(|secret| Form::ALL.map(|form| form.key(secret)));
        fields(&options).into_iter().chain(forms).collect()
    }

    #[test]
    fn the_reference_and_the_options_name_the_same_keys() {
        let host = crate::fetch::HostOptions { name: String::new(), gap: None, width: None };
        for (path, mut fields) in [
            ("feeds", fields(&crate::feed::Options::default())),
            ("fetch", fields(&crate::fetch::Options::default())),
            ("fetch.host", fields(&host)),
            ("publish", fields(&crate::publish::Options::default())),
            ("notify", fields(&crate::notify::options::Options::default())),
            ("notify.rule", fields(&crate::model::rule::Rule::default())),
            ("notify.desktop", fields(&crate::notify::options::DesktopOptions::default())),
            ("notify.webhook", channel::<webhook::Options>()),
            ("notify.ntfy", channel::<ntfy::Options>()),
            ("notify.email", channel::<email::Options>()),
            ("notify.command", channel::<command::Options>()),
            ("notify.log", channel::<log::Options>()),
            ("notify.agents", fields(&crate::notify::agents::Options::default())),
            ("agent", fields(&crate::agent::Options::default())),
            ("serve", fields(&crate::serve::Options::default())),
            ("store", fields(&super::super::options::StoreOptions::default())),
        ] {
            let table = TABLES.iter().find(|table| table.path == path).unwrap();
            let mut named: Vec<String> = table.keys.iter().map(|key| key.name.to_owned()).collect();
            named.extend(table.children().map(|(name, _)| name.to_owned()));
            named.sort();
            fields.sort();
            assert_eq!(named, fields, "[{path}]");
        }
    }
}
