//! docs/configuration.md, written from the reference.

use std::fmt::Write;

use super::reference::{Key, TABLES};

/// What stands above the tables of keys.
const INTRODUCTION: &str = "\
<!-- Written from src/config/reference.rs: `UPDATE=1 cargo test --test config` writes it anew. -->

# Configuration

A TOML file. The first of these that is there holds: `--config FILE`, `$SOSIK_CONFIG`,
`$XDG_CONFIG_HOME/sosik/sosik.toml` (`~/.config` by default), `/etc/sosik/sosik.toml`. With none, nothing is watched.
A file that is named and not there is an error.

Relative paths start at the file's folder; `~/` is the home folder. `--state DIR` and `--publish DIR` override
what the file says. Under systemd `$STATE_DIRECTORY` stands in for the XDG folders.

`sosik check` reads the file and names every mistake with its line and what to write instead
(`--json`: `{\"ok\":false,\"problems\":[{\"file\":\"…\",\"line\":3,\"message\":\"…\",\"help\":\"…\"}]}`). Unknown keys are mistakes.

Times are numbers with a unit (`\"500ms\"`, `\"20s\"`, `\"30m\"`, `\"1h 30m\"`, `\"2d\"`), sizes too (`\"5 MiB\"`).
[config/sosik.toml](../config/sosik.toml) is an example that runs as it is.
";

/// What stands below them.
const PATHS: &str = "
## What feeds are called

`/feeds/SOURCE.{rss,atom,json}` and `/feeds/SOURCE/CATEGORY[/SUB…].{rss,atom,json}`; `publish.dir` holds the same tree.
`SOURCE` is the source's `id`. A category's name becomes: NFC, lower case, spaces and `/` to `-`, letters and digits of
every script kept, `+`, `#`, `.` spelled (`c-plus-plus`, `c-sharp`, `node-js`), other punctuation dropped, at most
80 bytes, `-2` on a clash. It is minted once and stays. Posts without a category: `/feeds/SOURCE/_uncategorized.…`.
A tag or an author, where `feeds` names `\"tags\"` or `\"authors\"`: `/feeds/SOURCE/_tag/TAG.…`,
`/feeds/SOURCE/_author/AUTHOR.…`, the name made as a category's is. A `[[feed]]`: `/feeds/_merged/ID.…`. Pages of an
archive: `/_archive/NUMBER.…` below the path of their feed. No id and no name of a category begins with `_`.

A feed that is no longer offered (`feeds`, a `[[feed]]` that was taken out) has no files, and its address answers 410, by
which readers stop asking. When it is offered again it has the address, the ids and the posts that it would have had.
";

/// The whole page.
pub fn reference_page() -> String {
    let mut page = INTRODUCTION.to_owned();
    for table in TABLES.iter().filter(|table| !table.keys.is_empty()) {
        let heading =
            if table.path.is_empty() { "The top of the file".to_owned() } else { format!("`{}`", table.heading()) };
        write!(page, "\n## {heading}\n\n{}\n\n| key | value | default | |\n|---|---|---|---|\n", table.doc)
            .expect("a string takes all");
        for key in table.keys {
            row(&mut page, key);
        }
    }
    page.push_str(PATHS);
    page
}

fn row(page: &mut String, key: &Key) {
    let default = match key.default {
        "" => "**must be there**".to_owned(),
        // Values as they are written stand in code; words do not.
        value if value.starts_with(['"', '[']) || matches!(value, "true" | "false" | "50" | "1") => {
            format!("`{value}`")
        }
        words => words.to_owned(),
    };
    writeln!(
        page,
        "| `{}` | {}: `{}` | {} | {} |",
        key.name,
        key.kind.words(),
        key.example,
        default,
        key.doc.replace('|', "\\|")
    )
    .expect("a string takes all");
}
