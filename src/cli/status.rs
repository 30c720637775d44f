//! `sosik status`: each source's last outcome, posts, next check, what is wrong and what to do; each host's pace.

use super::common::Common;
use super::paint::{out, out_json};
use super::report::{CliError, Exit};
use super::standing::Standing;
use super::watch::watch;

/// What `--help` adds.
const EXAMPLES: &str = "\
Examples:
  sosik status            every source and every host
  sosik status slow       one source in detail
  sosik status --watch    until Ctrl-C; into a pipe, only what changes";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Only this source, in detail
    #[arg(value_name = "SOURCE")]
    source: Option<String>,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
    /// Go on showing it until Ctrl-C
    #[arg(long, short)]
    watch: bool,
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<Exit, CliError> {
    if args.watch {
        return watch(common, &args).await;
    }
    let standing = args.look(common).await?;
    if args.json {
        out_json(&standing.status)?;
        return Ok(Exit::Fine);
    }
    for line in args.lines(common, &standing) {
        out(&line)?;
    }
    Ok(Exit::Fine)
}

impl Args {
    pub(super) fn is_json(&self) -> bool {
        self.json
    }

    pub(super) async fn look(&self, common: &Common) -> Result<Standing, CliError> {
        let standing = Standing::look(common, self.source.as_deref()).await?;
        match &self.source {
            Some(name) => standing.only(name),
            None => Ok(standing),
        }
    }

    pub(super) fn lines(&self, common: &Common, standing: &Standing) -> Vec<String> {
        match self.source {
            Some(_) => standing.detail(common.verbose),
            None => standing.lines(common.verbose),
        }
    }
}
