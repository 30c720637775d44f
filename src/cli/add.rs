//! `sosik add`: looks at a blog, shows what would be read and the feeds that this makes, and writes the source down.
//!
//! The address may be that of a post, a category or a feed (`learn.rs` finds the blog). The configuration's file keeps
//! every byte; where there is none it is made at its default place. A daemon that runs takes the new source by itself.

use std::io::{BufRead, IsTerminal};
use std::path::PathBuf;

use serde_json::json;
use url::Url;

use super::common::{Common, env};
use super::explain::{draft, explain, saw};
use super::paint::{Paint, cut, err, out, out_json, table};
use super::preview;
use super::report::{self, CliError, Exit};
use crate::app::{App, configure_text};
use crate::config::edit::{self, EditError, NewSource};
use crate::config::{Config, ConfigError, Draft, user_file};
use crate::learn::{Look, Nothing, Proposal};
use crate::model::category::{CategoryPath, mint_categories};
use crate::model::feed::FeedPath;
use crate::model::link::bare_host;
use crate::model::slug;
use crate::model::source::{Source, SourceId};

/// What `--help` adds.
const EXAMPLES: &str = "\
Examples:
  sosik add https://slow-dev.tistory.com        look, ask, write it down
  sosik add https://slow-dev.tistory.com/136    a post, a category or a feed leads to its blog
  sosik add http://127.0.0.1:4000/ --yes --allow-private && sosik refresh";

/// Posts that are shown.
const SHOWN: usize = 10;

#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Address of the blog, or of a post, a category or a feed of it
    #[arg(value_name = "URL", value_parser = address)]
    url: Url,
    /// Write it down without asking
    #[arg(long, short)]
    yes: bool,
    /// Show what would be written, and write nothing
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    /// Its id, the first part of its feeds' paths [default: from the host]
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// Its title [default: the blog's own]
    #[arg(long, value_name = "TITLE")]
    title: Option<String>,
    /// Allow a blog on a private or loopback address
    #[arg(long)]
    allow_private: bool,
    /// Tell how the list was found and what was left out
    #[arg(long)]
    explain: bool,
    /// Print it as JSON; needs --yes or --dry-run
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<Exit, CliError> {
    let asks = !args.yes && !args.dry_run;
    if asks && (args.json || !std::io::stdin().is_terminal()) {
        return Err(CliError::Usage {
            message: "there is no terminal to ask on whether to write it down".to_owned(),
            help: "add --yes to write it down, or --dry-run to look only".to_owned(),
        });
    }
    let (config, file) = configuration(common)?;
    if let Some(known) = configured(&config.sources, &args.url) {
        return already(known, args.json);
    }
    let learner = App::learner(&config, Common::clock(), args.allow_private)?;
    let proposal = match learner.propose(&args.url).await {
        Ok(proposal) => proposal,
        Err(nothing) => return Err(found_nothing(&args, &nothing)),
    };
    if let Some(known) = configured(&config.sources, &proposal.url) {
        return already(known, args.json);
    }
    let source = NewSource {
        id: id_for(&args, &config.sources, &proposal.url)?,
        url: proposal.url.clone(),
        title: args.title.clone(),
        allow_private_addresses: args.allow_private && !config.fetch.allow_private_addresses,
    };
    if !args.json {
        show(&args, &proposal, &source)?;
    }
    if asks && !agrees(&format!("Write it into {}?", file.display()))? {
        out("nothing was written")?;
        return Ok(Exit::Fine);
    }
    if !args.dry_run {
        write(common, &config, &file, &source)?;
    }
    if args.json {
        out_json(&json_of(&args, &proposal, &source, &file))?;
    } else if args.dry_run {
        out(&format!("nothing was written: without --dry-run it goes into {}", file.display()))?;
    } else {
        out(&format!(
            "{} is in {}; `sosik refresh {}` looks at it now",
            source.id.to_string().good(),
            file.display(),
            source.id
        ))?;
    }
    Ok(Exit::Fine)
}

/// An address as people write it: `blog.example` is `https://blog.example/`.
fn address(text: &str) -> Result<Url, String> {
    let url = match Url::parse(text.trim()) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => url,
        // `localhost:4000` reads as a scheme.
        _ if !text.contains("://") => {
            Url::parse(&format!("https://{}", text.trim())).map_err(|error| error.to_string())?
        }
        Ok(_) => return Err("an address of the web begins with https:// or http://".to_owned()),
        Err(error) => return Err(error.to_string()),
    };
    url.host_str()
        .filter(|host| host.contains('.') || host.contains(':') || *host == "localhost")
        .ok_or("it names no host")?;
    Ok(url)
}

/// The configuration and the file that is to be written: one that is named and not there yet counts as empty.
pub(super) fn configuration(common: &Common) -> Result<(Config, PathBuf), CliError> {
    let named =
        common.config.clone().or_else(|| env("SOSIK_CONFIG").filter(|path| !path.is_empty()).map(PathBuf::from));
    if let Some(file) = named.filter(|file| !file.exists()) {
        let config = configure_text("", &file, &common.overrides(), &env).map_err(CliError::Config)?;
        return Ok((config, file));
    }
    let config = common.load()?;
    match config.file.clone().or_else(|| user_file(&env)) {
        Some(file) => Ok((config, file)),
        None => Err(CliError::Usage {
            message: "there is no place for a configuration: neither HOME nor XDG_CONFIG_HOME is set".to_owned(),
            help: "name a file with --config; it is made where it is not there".to_owned(),
        }),
    }
}

/// The source that is this blog already.
fn configured<'s>(sources: &'s [Source], url: &Url) -> Option<&'s Source> {
    let place = |url: &Url| {
        let path = url.path().trim_end_matches('/');
        let path = if path == "/category" { "" } else { path };
        (bare_host(url), url.port_or_known_default().filter(|port| !matches!(port, 80 | 443)), path.to_owned())
    };
    sources.iter().find(|source| place(&source.url) == place(url))
}

fn already(source: &Source, json: bool) -> Result<Exit, CliError> {
    if json {
        out_json(&json!({ "added": false, "already": source.id, "url": source.url }))?;
    } else {
        out(&format!("{} is configured already as {}", source.url, source.id.to_string().bold()))?;
    }
    Ok(Exit::Fine)
}

fn id_for(args: &Args, sources: &[Source], url: &Url) -> Result<SourceId, CliError> {
    let taken = |id: &str| sources.iter().any(|source| source.id.as_str() == id);
    let usage = |message: String, help: &str| CliError::Usage { message, help: help.to_owned() };
    match &args.id {
        None => {
            let id = slug::unique(SourceId::suggested(url).as_str(), taken);
            Ok(SourceId::try_from(id).expect("a suggested id stays plain with a number behind it"))
        }
        Some(id) if taken(id) => {
            Err(usage(format!("the id {id:?} is taken"), "take another one; `sosik source list` shows all"))
        }
        Some(id) => SourceId::try_from(id.clone())
            .map_err(|error| usage(error.to_string(), "write it like slow-dev or blog2; its feeds are found below it")),
    }
}

fn found_nothing(args: &Args, nothing: &Nothing) -> CliError {
    if let Some(failure) = &nothing.failure {
        return CliError::Failed {
            message: failure.message.clone(),
            help: failure.help.clone(),
            chain: failure.chain.clone(),
        };
    }
    looked(&nothing.looks);
    if let Some(about) = &nothing.about {
        err(&format!("{} {}", "saw:".dim(), saw(about)));
        for feed in &about.feeds {
            err(&format!("{} the site offers a feed of its own: {}", "note:".dim(), feed.url));
        }
    }
    err(&format!("{} a recipe names the elements of the list; to begin with:", "draft:".help()));
    for line in draft(&args.url) {
        err(&format!("    {line}"));
    }
    CliError::Failed {
        message: format!("no list of posts was found at {}", args.url),
        help: format!(
            "give the address of the page that lists the posts; or write a recipe into the configuration and try it: `sosik preview {}`",
            args.url
        ),
        chain: Vec::new(),
    }
}

fn looked(looks: &[Look]) {
    for look in looks {
        err(&format!("{} {}: {}", "looked at".dim(), look.url, look.saw));
    }
}

fn show(args: &Args, proposal: &Proposal, source: &NewSource) -> Result<(), CliError> {
    if proposal.looks.len() > 1 {
        looked(&proposal.looks);
    }
    let read = &proposal.candidates;
    let title = source.title.clone().or_else(|| read.site.title.clone()).unwrap_or_else(|| source.id.to_string());
    out(&format!("{} · {} · {:.0}% sure", title.bold(), read.how.dim(), proposal.confidence * 100.0))?;
    for line in preview::rows(&read.posts[..read.posts.len().min(SHOWN)]) {
        out(&line)?;
    }
    let more = read.posts.len().saturating_sub(SHOWN);
    let total = read.site.declared.map(|total| format!(" of {total}")).unwrap_or_default();
    let older = read.next.as_ref().map_or(String::new(), |next| format!("; older ones at {next}"));
    out(&format!(
        "{}{total} posts on {}{}{older}",
        read.posts.len(),
        proposal.url,
        if more > 0 { format!(" ({more} not shown)") } else { String::new() }
    ))?;
    if args.explain {
        out("")?;
        explain(read, proposal.detected.as_ref())?;
    }
    out("")?;
    out(&"Feeds:".bold())?;
    let rows: Vec<Vec<String>> = feeds(proposal, source)
        .into_iter()
        .map(|(name, depth, posts, path)| {
            let posts = posts.map(|posts| posts.to_string()).unwrap_or_default();
            vec![format!("{}{}", "  ".repeat(depth), cut(&name, 40)), posts, format!("{path}.atom").dim()]
        })
        .collect();
    for line in table(&rows) {
        out(&line)?;
    }
    if read.posts.iter().all(|post| post.categories.is_empty()) && read.site.tree.is_empty() {
        out("  the page names no categories; those that later pages name get feeds of their own")?;
    }
    for feed in &proposal.feeds {
        let title = if feed.title.is_empty() { String::new() } else { format!(" ({})", feed.title) };
        out(&format!("{} the site offers a feed of its own: {}{title}", "note:".dim(), feed.url))?;
    }
    out("")
}

/// The feeds that will be made: name, depth, posts as far as the blog counts them, path.
fn feeds(proposal: &Proposal, source: &NewSource) -> Vec<(String, usize, Option<u32>, String)> {
    let read = &proposal.candidates;
    let tree = read.site.tree.iter().map(|node| &node.path);
    let wanted: Vec<&CategoryPath> = tree.chain(read.posts.iter().flat_map(|post| &post.categories)).collect();
    let mut minted = mint_categories(&[], wanted);
    minted.sort_by(|one, other| one.path.cmp(&other.path));
    let count = |path: &CategoryPath| read.site.tree.iter().find(|node| node.path == *path).and_then(|node| node.count);
    let all = ("(all posts)".to_owned(), 0, read.site.declared, FeedPath::new(&source.id, None).as_str().to_owned());
    let categories = minted.iter().map(|category| {
        let path = FeedPath::new(&source.id, Some(&category.slug_path)).as_str().to_owned();
        (category.path.label().to_owned(), category.path.labels().len(), count(&category.path), path)
    });
    std::iter::once(all).chain(categories).collect()
}

fn agrees(question: &str) -> Result<bool, CliError> {
    out(&format!("{question} [Y/n]"))?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer).map_err(CliError::Output)?;
    // An end of the input is no yes.
    Ok(answer.ends_with('\n') && matches!(answer.trim().to_lowercase().as_str(), "" | "y" | "yes" | "예" | "네"))
}

/// Puts the source into the file; all that stood there stays, and means the same.
fn write(common: &Common, before: &Config, file: &std::path::Path, source: &NewSource) -> Result<(), CliError> {
    let wrong = |problem| CliError::Config(ConfigError { problems: vec![problem] });
    let draft = Draft::of_new(file).map_err(wrong)?;
    let text = edit::add(draft.text(), source).map_err(|error| CliError::Usage {
        help: match &error {
            EditError::NotToml => "`sosik check` tells what is wrong with it".to_owned(),
            EditError::Unknown { .. } | EditError::Taken { .. } => "the file changed meanwhile: try again".to_owned(),
        },
        message: error.to_string(),
    })?;
    let after = configure_text(&text, file, &common.overrides(), &env).map_err(CliError::Config)?;
    let kept = before.sources.iter().all(|source| after.sources.contains(source));
    if !kept || after.sources.len() != before.sources.len() + 1 {
        return Err(CliError::Usage {
            message: "the source cannot be written down without changing another one".to_owned(),
            help: "write it into the file by hand; `sosik check` tells whether it is right".to_owned(),
        });
    }
    report::warnings(&after.warnings);
    draft.write(&text).map_err(wrong)
}

fn json_of(args: &Args, proposal: &Proposal, source: &NewSource, file: &std::path::Path) -> serde_json::Value {
    let feeds: Vec<_> = feeds(proposal, source)
        .into_iter()
        .map(|(name, _, posts, path)| json!({ "name": name, "path": path, "posts": posts }))
        .collect();
    let looks: Vec<_> = proposal.looks.iter().map(|look| json!({ "url": look.url, "saw": look.saw })).collect();
    let own: Vec<_> = proposal.feeds.iter().map(|feed| json!({ "title": feed.title, "url": feed.url })).collect();
    json!({
        "added": !args.dry_run, "id": source.id, "url": source.url, "file": file,
        "found": preview::json_of(&proposal.url, &proposal.candidates, proposal.confidence),
        "feeds": feeds, "looked_at": looks, "own_feeds": own,
    })
}
