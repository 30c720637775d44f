//! `sosik repair`: a learnt recipe is taken back, or learnt anew now.
//!
//! What a look learns by itself is `poll/repair.rs`. A recipe that was taken back is not learnt again by itself; without
//! `--undo` everything that was learnt is forgotten, what was taken back too, and the source is looked at. A running daemon is asked to do either.

use jiff::Timestamp;

use super::common::Common;
use super::feeds::known_source;
use super::notify;
use super::paint::out;
use super::refresh;
use super::remote::{Hand, Remote};
use super::report::{CliError, Exit};
use crate::app::App;
use crate::config::Config;
use crate::model::date::rfc3339;
use crate::model::source::SourceId;

/// What `--help` adds.
const EXAMPLES: &str = "\
Examples:
  sosik repair slow            forget what was learnt of its layout, and learn it anew now
  sosik repair slow --undo     go back to how it was read before the last repair";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The source
    #[arg(value_name = "SOURCE")]
    source: String,
    /// Take the recipe that was learnt last back; it is not learnt again by itself
    #[arg(long)]
    undo: bool,
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<Exit, CliError> {
    let config = common.load_for_writing()?;
    match Hand::on(common, config.clone()).await? {
        Hand::Ours(mut app) => {
            notify::hand(common, &mut app);
            alone(&app, &args, common.verbose).await
        }
        Hand::Daemon(remote) => beside(common, config, &remote, &args).await,
    }
}

async fn alone(app: &App, args: &Args, verbose: bool) -> Result<Exit, CliError> {
    let id = known_source(app, &args.source).await?;
    if args.undo {
        let learnt = app.store.undo_recipe(&id, app.now()).await?;
        return taken_back(&id, learnt.map(|learnt| learnt.at));
    }
    app.store.forget_recipes(&id).await?;
    let report = app.refresh(&[id], None).await?;
    refresh::conclude(app, report, verbose).await
}

/// Lets the running daemon do it.
async fn beside(common: &Common, config: Config, remote: &Remote, args: &Args) -> Result<Exit, CliError> {
    let id = SourceId::try_from(args.source.clone()).map_err(|error| CliError::Usage {
        message: error.to_string(),
        help: "`sosik source list` shows the sources".to_owned(),
    })?;
    if args.undo {
        return taken_back(&id, remote.client.undo_recipe(&id).await?);
    }
    remote.client.forget_recipes(&id).await?;
    refresh::beside(common, config, remote, &[id], false).await
}

/// Tells that the recipe of that moment is no longer used, or that there was none.
fn taken_back(id: &SourceId, learnt_at: Option<Timestamp>) -> Result<Exit, CliError> {
    let Some(at) = learnt_at else {
        return Err(CliError::Usage {
            message: format!("nothing that was learnt reads {id}: there is nothing to take back"),
            help: format!("`sosik status {id}` tells how it is read"),
        });
    };
    out(&format!(
        "{id} is read again as before the recipe of {}; that recipe is not learnt again by itself (`sosik repair {id}` allows it)",
        rfc3339(at, 0)
    ))?;
    Ok(Exit::Fine)
}
