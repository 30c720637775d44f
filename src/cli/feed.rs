//! `sosik feed PATH`: one feed on standard output.

use super::common::{Common, env};
use super::paint::out_bytes;
use super::report::{CliError, Exit};
use crate::app::App;
use crate::feed;
use crate::model::feed::{FeedPath, Format};

/// What `--help` adds.
const EXAMPLES: &str = "\
Examples:
  sosik feed slow.atom                     a whole blog
  sosik feed slow/big-data/kafka.rss       one category
  sosik feed slow/_uncategorized.json      posts without a category
  sosik feed slow/_archive/1.atom          the oldest posts of the blog
  sosik feed _merged/kafka.atom            a [[feed]] over several blogs";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Path as `sosik feeds` shows it, with .rss, .atom or .json [default: .atom]
    #[arg(value_name = "PATH")]
    path: String,
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<Exit, CliError> {
    let app = App::read(common.load()?, Common::clock(), &env).await?;
    let asked = args.path.trim_start_matches('/').trim_start_matches("feeds/");
    let (path, format) = match asked.rsplit_once('.').map(|(path, extension)| (path, Format::from_extension(extension)))
    {
        Some((path, Some(format))) => (path, format),
        Some((_, None)) | None => (asked, Format::Atom),
    };
    let (asked, page) = match FeedPath::from_text(path).as_archive() {
        Some((feed, page)) => (feed, Some(page)),
        None => (FeedPath::from_text(path), None),
    };
    let found = app.store.feed(&asked).await?;
    if found.as_ref().is_some_and(|feed| !feed.chosen) {
        return Err(CliError::Usage {
            message: format!("the feed {path:?} is no longer offered"),
            help:
                "`feeds` in the configuration says which are (`[feeds]`, `[[source]]`), `[[feed]]` which over several"
                    .to_owned(),
        });
    }
    let document = match (found, page) {
        (Some(feed), None) => Some(app.publisher.document(&feed).await?),
        (Some(feed), Some(page)) => app.publisher.archive_document(&feed, page).await?,
        (None, _) => None,
    };
    let Some(document) = document else {
        return Err(CliError::Usage {
            message: format!("there is no feed {path:?}"),
            help: "`sosik feeds --json` lists every path".to_owned(),
        });
    };
    out_bytes(&feed::render(format, &document))?;
    Ok(Exit::Fine)
}
