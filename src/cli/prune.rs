//! `sosik source prune`: what is stored of sources that the configuration no longer names, shown or deleted.

use super::common::{Common, env, writable};
use super::paint::{Paint, out, table};
use super::remote::Hand;
use super::report::{CliError, Exit};
use crate::app::App;
use crate::model::source::SourceId;
use crate::run::prune::{self, Remains};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only this source
    #[arg(value_name = "SOURCE")]
    source: Option<String>,
    /// Delete it; without this it is only shown
    #[arg(long)]
    yes: bool,
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<Exit, CliError> {
    let config = common.load()?;
    if config.file.is_none() {
        // Without a file every source would be one that nobody names.
        return Err(CliError::Usage {
            message: "there is no configuration, so nothing says which sources are still wanted".to_owned(),
            help: "name the file with --config".to_owned(),
        });
    }
    let source = args.source.as_deref();
    if let Some(id) = source.filter(|id| config.sources.iter().any(|source| source.id.as_str() == *id)) {
        return Err(CliError::Usage {
            message: format!("the source {id:?} is configured"),
            help: format!("take it out first: `sosik source remove {id}`"),
        });
    }
    let configured = config.sources.iter().map(|source| source.id.clone()).collect();
    let hand = if args.yes && config.store.is_there() {
        Hand::on(common, writable(config.clone())?).await?
    } else {
        Hand::Ours(Box::new(App::read(config.clone(), Common::clock(), &env).await?))
    };
    let remains = match &hand {
        Hand::Ours(app) => prune::remains(&*app.store, &configured).await?,
        Hand::Daemon(_) => {
            let app = App::read(config.clone(), Common::clock(), &env).await?;
            prune::remains(&*app.store, &configured).await?
        }
    };
    let remains = chosen(remains, source)?;
    if remains.is_empty() {
        out("nothing is stored of sources that are not configured")?;
        return Ok(Exit::Fine);
    }
    for line in table(&remains.iter().map(row).collect::<Vec<_>>()) {
        out(&line)?;
    }
    if args.yes {
        let files = match &hand {
            Hand::Ours(app) => prune::prune(&*app.store, &app.publisher, &remains).await?,
            Hand::Daemon(remote) => {
                // A source that was taken out of the file by hand may be news to it.
                remote.reload(&config).await?;
                let ids: Vec<SourceId> = remains.iter().map(|left| left.id.clone()).collect();
                remote.client.prune(&ids).await?.files
            }
        };
        out(&format!("deleted, with {files} files"))?;
    } else {
        let named = source.map(|id| format!(" {id}")).unwrap_or_default();
        out(&format!("{} `sosik source prune{named} --yes` deletes this for good", "help:".help()))?;
    }
    Ok(Exit::Fine)
}

/// What is left of the source that was named, or of all.
fn chosen(remains: Vec<Remains>, source: Option<&str>) -> Result<Vec<Remains>, CliError> {
    let Some(id) = source else { return Ok(remains) };
    let known: Vec<&str> = remains.iter().map(|left| left.id.as_str()).collect();
    if !known.contains(&id) {
        return Err(CliError::Usage {
            message: format!("nothing is stored of a source {id:?}"),
            help: if known.is_empty() {
                "every source that is stored is configured".to_owned()
            } else {
                format!("known are: {}", known.join(", "))
            },
        });
    }
    Ok(remains.into_iter().filter(|left| left.id.as_str() == id).collect())
}

fn row(left: &Remains) -> Vec<String> {
    vec![left.id.to_string().bold(), format!("{} posts", left.posts), format!("{} feeds", left.feeds.len())]
}
