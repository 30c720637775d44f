//! `sosik posts`: what is stored, newest first.

use serde_json::json;

use super::common::{Common, env};
use super::feeds::known_source;
use super::paint::{cut, out, out_json, table};
use super::report::{CliError, Exit};
use crate::app::App;
use crate::model::date::rfc3339;
use crate::model::post::Post;
use crate::store::contract::Window;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only the posts of this source
    #[arg(value_name = "SOURCE")]
    source: Option<String>,
    /// Posts at most; 0: all
    #[arg(long, default_value_t = 20)]
    limit: u32,
    /// Print them as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<Exit, CliError> {
    let app = App::read(common.load()?, Common::clock(), &env).await?;
    let source = match &args.source {
        None => None,
        Some(name) => Some(known_source(&app, name).await?),
    };
    let window = Window { offset: 0, limit: (args.limit > 0).then_some(args.limit) };
    let posts = app.store.posts(source.as_ref(), window).await?;
    if args.json {
        out_json(&json!({ "posts": posts.iter().map(json_of).collect::<Vec<_>>() }))?;
    } else {
        let rows: Vec<Vec<String>> = posts.iter().map(row).collect();
        for line in table(&rows) {
            out(&line)?;
        }
    }
    Ok(Exit::Fine)
}

fn json_of(post: &Post) -> serde_json::Value {
    json!({
        "id": post.entry_id, "url": post.url, "title": post.title,
        "published": post.published.map(|published| published.to_string()),
        "categories": post.categories.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "excerpt": post.excerpt, "author": post.author, "image": post.image,
        "first_seen": rfc3339(post.first_seen, 0), "updated": rfc3339(post.updated, post.offset_seconds),
    })
}

fn row(post: &Post) -> Vec<String> {
    let day = post.published.map_or_else(|| "-".to_owned(), |published| published.date().to_string());
    let categories = post.categories.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    vec![day, cut(&post.title, 60), cut(&categories, 30), post.url.clone()]
}
