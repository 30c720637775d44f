//! `sosik feeds check`: whether feeds keep the rules that readers and validators hold them to.

use std::path::Path;

use serde_json::json;
use url::Url;

use super::common::{Common, env};
use super::feeds_visit;
use super::paint::{Paint, out, out_json};
use super::report::{CliError, Exit};
use crate::app::App;
use crate::feed::{self, check};
use crate::fetch::Fetcher;
use crate::model::feed::{Feed, FeedPath, Format};

/// What `--help` adds.
const EXAMPLES: &str = "\
Examples:
  sosik feeds check                        every feed with its archive, in every format
  sosik feeds check slow slow/big-data     these feeds
  sosik feeds check feed.xml other.json    files, whoever wrote them
  sosik feeds check https://x.org/a.atom   a feed as it is served: its headers, 304, HEAD, and the document
  sosik feeds check http://127.0.0.1:7878/ a page: whether readers find its feeds

Exit codes: 0 every rule is kept, 1 one is broken, 4 a server could not be asked.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Files, addresses, or paths of feeds as `sosik feeds` shows them [default: all feeds]
    #[arg(value_name = "WHAT")]
    what: Vec<String>,
    /// Print what is found as JSON
    #[arg(long)]
    json: bool,
}

/// A document and what is wrong with it.
struct Judged {
    name: String,
    findings: Vec<check::Finding>,
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<Exit, CliError> {
    let mut judged = Vec::new();
    let (addresses, others): (Vec<&String>, Vec<&String>) = args.what.iter().partition(|what| address(what).is_some());
    let (files, paths): (Vec<&String>, Vec<&String>) = others.into_iter().partition(|what| Path::new(what).is_file());
    for file in &files {
        judged.push(judge_file(file)?);
    }
    if !addresses.is_empty() {
        let fetcher = Fetcher::open(&common.load()?.fetch, Common::clock()).map_err(crate::app::AppError::from)?;
        for url in addresses.iter().filter_map(|what| address(what)) {
            let (name, findings) = feeds_visit::judge(&fetcher, &url).await?;
            judged.push(Judged { name, findings });
        }
    }
    if !paths.is_empty() || (files.is_empty() && addresses.is_empty()) {
        let app = App::read(common.load()?, Common::clock(), &env).await?;
        for feed in chosen(&app, &paths).await? {
            judge_feed(&app, &feed, &mut judged).await?;
        }
    }
    let is_fine = judged.iter().all(|judged| judged.findings.is_empty());
    if args.json {
        out_json(&json!({ "ok": is_fine, "documents": judged.iter().map(json_of).collect::<Vec<_>>() }))?;
    } else {
        for Judged { name, findings } in &judged {
            for finding in findings {
                out(&format!("{name}: {} {}", finding.rule.error(), finding.message))?;
                out(&format!("  {}", check::explain(finding.rule).unwrap_or_default().dim()))?;
            }
        }
        let documents = judged.len();
        out(&if is_fine {
            format!("{} {documents} documents keep every rule", "fine:".good())
        } else {
            let broken = judged.iter().filter(|judged| !judged.findings.is_empty()).count();
            format!("{broken} of {documents} documents break rules")
        })?;
    }
    Ok(if is_fine { Exit::Fine } else { Exit::Unexpected })
}

/// The address that an argument is, if it is one.
fn address(what: &str) -> Option<Url> {
    Url::parse(what).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}

/// The feeds at these paths, or all.
async fn chosen(app: &App, paths: &[&String]) -> Result<Vec<Feed>, CliError> {
    if paths.is_empty() {
        return Ok(app.store.feeds(None).await?.into_iter().filter(|feed| feed.chosen).collect());
    }
    let mut feeds = Vec::new();
    for path in paths {
        let path = path.trim_start_matches('/').trim_start_matches("feeds/");
        let Some(feed) = app.store.feed(&FeedPath::from_text(path)).await? else {
            return Err(CliError::Usage {
                message: format!("there is neither a file nor a feed {path:?}"),
                help: "`sosik feeds --json` lists every path".to_owned(),
            });
        };
        feeds.push(feed);
    }
    Ok(feeds)
}

async fn judge_feed(app: &App, feed: &Feed, judged: &mut Vec<Judged>) -> Result<(), CliError> {
    let mut documents = vec![(feed.path.clone(), app.publisher.document(feed).await?)];
    for page in 1.. {
        let Some(document) = app.publisher.archive_document(feed, page).await? else { break };
        documents.push((feed.path.archive(page), document));
    }
    for (path, document) in documents {
        for format in Format::ALL {
            let bytes = feed::render(format, &document);
            judged.push(Judged { name: path.file(format), findings: check::check(format, &bytes) });
        }
    }
    Ok(())
}

fn judge_file(file: &str) -> Result<Judged, CliError> {
    let bytes = std::fs::read(file).map_err(|error| CliError::Usage {
        message: format!("cannot read {file:?}: {error}"),
        help: "name a file that you may read".to_owned(),
    })?;
    let is_opml = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]).contains("<opml");
    let findings = if is_opml { check::check_opml(&bytes) } else { check::check(check::format_of(&bytes), &bytes) };
    Ok(Judged { name: file.to_owned(), findings })
}

fn json_of(judged: &Judged) -> serde_json::Value {
    let findings = judged.findings.iter().map(
        |finding| json!({ "rule": finding.rule, "message": finding.message, "says": check::explain(finding.rule) }),
    );
    json!({ "document": judged.name, "findings": findings.collect::<Vec<_>>() })
}
