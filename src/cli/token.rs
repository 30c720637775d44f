//! `sosik token`: who may read what is served, beside this machine's own people.

use serde_json::json;

use super::common::{Common, env};
use super::paint::{Paint, err, out, out_json, table};
use super::remote::Hand;
use super::report::{CliError, Exit};
use crate::app::App;
use crate::model::date::rfc3339;
use crate::model::token::is_token_name;
use crate::serve::tokens::mint;

/// What `--help` adds.
const EXAMPLES: &str = "\
Examples:
  sosik token add phone                     prints a new token, once
  curl -H 'Authorization: Bearer TOKEN' …   or as the password of any user, or as ?token=TOKEN
  sosik token revoke phone";

#[derive(Debug, clap::Subcommand)]
#[command(after_help = EXAMPLES)]
pub(crate) enum Command {
    /// Make a token and print it: it is shown this once
    Add {
        /// Whom or what it lets in
        name: String,
    },
    /// List the tokens' names
    List {
        /// Print them as JSON
        #[arg(long)]
        json: bool,
    },
    /// Take a token away
    Revoke {
        /// Its name
        name: String,
    },
}

pub(crate) async fn run(common: &Common, command: Command) -> Result<Exit, CliError> {
    match command {
        Command::Add { name } => add(common, &name).await,
        Command::List { json } => list(common, json).await,
        Command::Revoke { name } => revoke(common, &name).await,
    }
}

async fn add(common: &Common, name: &str) -> Result<Exit, CliError> {
    if !is_token_name(name) {
        return Err(CliError::Usage {
            message: format!("{name:?} is no name of a token"),
            help: "use letters, digits, `-`, `_`, `.` and `@`, such as `phone` or `me@laptop`".to_owned(),
        });
    }
    let hand = Hand::on(common, common.load_for_writing()?).await?;
    let (secret, token) = mint(name, Common::clock().now()).map_err(|error| CliError::Failed {
        message: error.to_string(),
        help: "try again; a system without random bytes cannot make secrets".to_owned(),
        chain: Vec::new(),
    })?;
    let kept = match &hand {
        Hand::Ours(app) => app.store.put_token(&token).await?,
        Hand::Daemon(remote) => remote.client.put_token(&token).await?,
    };
    if !kept {
        return Err(CliError::Usage {
            message: format!("there is a token {name:?} already"),
            help: format!("choose another name, or take it away first: sosik token revoke {name}"),
        });
    }
    out(&secret)?;
    err(&format!("{} it is kept as a digest and not shown again; from now on readers need a token", "note:".dim()));
    Ok(Exit::Fine)
}

async fn list(common: &Common, as_json: bool) -> Result<Exit, CliError> {
    let app = App::read(common.load()?, Common::clock(), &env).await?;
    let tokens = app.store.tokens().await?;
    let made = |at| rfc3339(at, 0);
    if as_json {
        let tokens: Vec<_> =
            tokens.iter().map(|token| json!({ "name": token.name, "made": made(token.made_at) })).collect();
        out_json(&json!({ "tokens": tokens }))?;
    } else if tokens.is_empty() {
        out("no tokens: whoever reaches the server may read")?;
    } else {
        let rows: Vec<Vec<String>> = tokens.iter().map(|token| vec![token.name.bold(), made(token.made_at)]).collect();
        for line in table(&rows) {
            out(&line)?;
        }
    }
    Ok(Exit::Fine)
}

async fn revoke(common: &Common, name: &str) -> Result<Exit, CliError> {
    let config = common.load_for_writing()?;
    let hand = Hand::on(common, config.clone()).await?;
    let (revoked, tokens) = match &hand {
        Hand::Ours(app) => (app.store.revoke_token(name).await?, app.store.tokens().await?),
        Hand::Daemon(remote) => (
            remote.client.revoke_token(name).await?,
            App::read(config, Common::clock(), &env).await?.store.tokens().await?,
        ),
    };
    if revoked {
        return Ok(Exit::Fine);
    }
    let known: Vec<&str> = tokens.iter().map(|token| token.name.as_str()).collect();
    Err(CliError::Usage {
        message: format!("there is no token {name:?}"),
        help: if known.is_empty() { "there are none".to_owned() } else { format!("known are: {}", known.join(", ")) },
    })
}
