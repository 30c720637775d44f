//! `sosik preview`: what would be read from a page, without a source, without a state.

use std::io::Read;

use serde_json::json;
use url::Url;

use super::common::Common;
use super::explain::explain;
use super::paint::{Paint, cut, err, out, out_json, table};
use super::report::{CliError, Exit};
use crate::extract::{CompiledRecipe, Context, preset, read};
use crate::fetch::{Access, Ask, Fetched, Fetcher, Options, charset};
use crate::learn::quality;
use crate::model::failure::Failure;
use crate::model::page::{Page, Validators};
use crate::model::post::{Candidate, Candidates};
use crate::model::source::{HtmlRecipe, Recipe};

/// What relative links of a file stand under when nobody says: a name that can never exist (RFC 2606 §2).
const NOWHERE: &str = "https://blog.invalid/";

/// What `--help` adds.
const EXAMPLES: &str = "\
Examples:
  sosik preview https://slow-dev.tistory.com/category
  sosik preview --base-url https://slow-dev.tistory.com/ saved.html
  curl -s https://slow-dev.tistory.com/ | sosik preview --json -";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Address of a page, a file, or - for standard input; a file never touches the network
    #[arg(value_name = "URL|FILE|-")]
    page: String,
    /// Where a file's links stand
    #[arg(long, value_name = "URL", value_parser = base_url)]
    base_url: Option<Url>,
    /// Read with this preset [default: the one that the page's own marks name]
    #[arg(long, value_name = "NAME")]
    preset: Option<String>,
    /// Allow a page on a private or loopback address
    #[arg(long)]
    allow_private: bool,
    /// Tell in words how the list was found, how sure that is, and what was left out
    #[arg(long, conflicts_with = "json")]
    explain: bool,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<Exit, CliError> {
    let recipe = recipe(args.preset.as_deref())?;
    let compiled = CompiledRecipe::compile(&recipe).map_err(|error| failed(error.failure()))?;
    let page = match Url::parse(&args.page) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => from_network(common, &args, &url, &compiled).await?,
        _ => from_file(&args)?,
    };
    let now = Common::clock().now();
    let context = Context::at(now);
    let reading = read(&page, &compiled, &context).map_err(|error| failed(error.failure()))?;
    let (read, detected) = (&reading.candidates, reading.detected.as_ref());
    if args.json {
        let confidence =
            detected.map_or_else(|| quality::of_preset(read), |detected| (detected.confidence * 100.0).round() / 100.0);
        out_json(&json_of(&page.url, read, confidence))?;
    } else {
        show(read)?;
        if args.explain {
            out("")?;
            explain(read, detected)?;
        }
    }
    Ok(Exit::Fine)
}

/// An address; one without a host (`https:///blog/`) stands for a site whose name nobody knows.
fn base_url(text: &str) -> Result<Url, url::ParseError> {
    Url::parse(&text.replacen(":///", "://blog.invalid/", 1))
}

fn recipe(name: Option<&str>) -> Result<Recipe, CliError> {
    let Some(name) = name else { return Ok(Recipe::Html(HtmlRecipe::default())) };
    preset::named(name).map(|preset| preset.recipe.clone()).ok_or_else(|| {
        let known: Vec<&str> = preset::names().collect();
        CliError::Usage {
            message: format!("there is no preset {name:?}"),
            help: format!("known are: {}", known.join(", ")),
        }
    })
}

async fn from_network(common: &Common, args: &Args, url: &Url, recipe: &CompiledRecipe) -> Result<Page, CliError> {
    let options = common.load()?.fetch;
    let fetcher = Fetcher::open(&options, Common::clock()).map_err(crate::app::AppError::from)?;
    let request = recipe.request(url).map_err(|error| failed(error.failure()))?;
    let access = Access { allow_private_addresses: args.allow_private, headers: request.headers, ..Access::default() };
    let validators = Validators::default();
    let ask = Ask { url: &request.url, validators: &validators, access: &access, unconditional: true };
    let fetched = match &request.body {
        Some(body) => fetcher.post(&ask, body).await,
        None => fetcher.fetch(&ask).await,
    };
    match fetched.map_err(|error| failed(error.failure()))? {
        Fetched::Page { page, .. } if request.stands_in => Ok(Page { url: url.clone(), ..page }),
        Fetched::Page { page, .. } => Ok(page),
        Fetched::NotModified { .. } | Fetched::Same { .. } => Err(CliError::Failed {
            message: format!("{url} answered that nothing changed, though nothing was known"),
            help: "try again; a server that does so twice is broken".to_owned(),
            chain: Vec::new(),
        }),
    }
}

fn from_file(args: &Args) -> Result<Page, CliError> {
    let unreadable = |source: std::io::Error| CliError::Failed {
        message: format!("cannot read {}", args.page),
        help: "give the address of a page (https://…), an existing file, or - for standard input".to_owned(),
        chain: vec![source.to_string()],
    };
    let limit = Options::default().max_body.as_u64();
    let mut bytes = Vec::new();
    let read = if args.page == "-" {
        std::io::stdin().lock().take(limit + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(&args.page).and_then(|file| file.take(limit + 1).read_to_end(&mut bytes))
    };
    if read.map_err(unreadable)? as u64 > limit {
        return Err(CliError::Failed {
            message: format!("{} is larger than {}", args.page, Options::default().max_body),
            help: "no index page of a blog is so large: give the page that lists the posts".to_owned(),
            chain: Vec::new(),
        });
    }
    let url = args.base_url.clone().unwrap_or_else(|| Url::parse(NOWHERE).expect("a constant"));
    if args.base_url.is_none() {
        err(&format!("{} links are shown below {NOWHERE}: name the page's address with --base-url", "note:".dim()));
    }
    Ok(Page { url, text: charset::decode(&bytes, None, None), media_type: None, validators: Validators::default() })
}

/// A page as the contract shows it.
pub(crate) fn json_of(url: &Url, read: &Candidates, confidence: f64) -> serde_json::Value {
    json!({
        "url": url, "title": read.site.title, "language": read.site.language, "how": read.how,
        "confidence": confidence, "next": read.next, "total": read.site.declared,
        "posts": read.posts.iter().map(post).collect::<Vec<_>>(),
    })
}

fn post(candidate: &Candidate) -> serde_json::Value {
    json!({
        "url": candidate.url, "title": candidate.title,
        "published": candidate.published.map(|published| published.to_string()),
        "categories": categories(candidate),
        "excerpt": candidate.excerpt, "author": candidate.author, "image": candidate.image,
    })
}

/// The categories as the page writes them, be it that there is none.
fn categories(candidate: &Candidate) -> Vec<String> {
    candidate.categories.iter().map(ToString::to_string).chain(candidate.no_category.clone()).collect()
}

fn show(read: &Candidates) -> Result<(), CliError> {
    let title = read.site.title.clone().unwrap_or_else(|| "(no title)".to_owned());
    out(&format!("{} · {}", title.bold(), read.how.dim()))?;
    for line in rows(&read.posts) {
        out(&line)?;
    }
    let total = read.site.declared.map(|total| format!(" of {total}")).unwrap_or_default();
    out(&format!("{}{total} posts; next page: {}", read.posts.len(), read.next.as_ref().map_or("none", Url::as_str)))
}

/// Posts as the lines of a table.
pub(crate) fn rows(posts: &[Candidate]) -> Vec<String> {
    let rows: Vec<Vec<String>> = posts
        .iter()
        .map(|candidate| {
            let day = candidate.published.map_or_else(|| "-".to_owned(), |published| published.date().to_string());
            let categories = categories(candidate).join(", ");
            vec![day, cut(&candidate.title, 60), cut(&categories, 30), candidate.url.to_string()]
        })
        .collect();
    table(&rows)
}

fn failed(failure: Failure) -> CliError {
    CliError::Failed { message: failure.message, help: failure.help, chain: failure.chain }
}
