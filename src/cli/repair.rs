//! `sosik repair`: a learnt recipe is taken back, or learnt anew now.
//!
//! What a look learns by itself is `poll/repair.rs`. A recipe that was taken back is not learnt again by itself; without
//! `--undo` everything that was learnt is forgotten, what was taken back too, and the source is looked at.

use super::common::{Common, env};
use super::feeds::known_source;
use super::notify;
use super::paint::out;
use super::refresh;
use super::report::{CliError, Exit};
use crate::app::App;
use crate::model::date::rfc3339;

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
    let mut app = App::open(common.load_for_writing()?, Common::clock(), &env).await?;
    notify::hand(common, &mut app);
    let id = known_source(&app, &args.source).await?;
    if !args.undo {
        app.store.forget_recipes(&id, app.now()).await?;
        let report = app.refresh(&[id], None).await?;
        return refresh::conclude(&app, report, common.verbose).await;
    }
    match app.store.undo_recipe(&id, app.now()).await? {
        Some(learnt) => {
            out(&format!(
                "{id} is read again as before the recipe of {}; that recipe is not learnt again by itself (`sosik repair {id}` allows it)",
                rfc3339(learnt.at, 0)
            ))?;
            Ok(Exit::Fine)
        }
        None => Err(CliError::Usage {
            message: format!("nothing that was learnt reads {id}: there is nothing to take back"),
            help: format!("`sosik status {id}` tells how it is read"),
        }),
    }
}
