//! `sosik agent`: shows on this desktop what a sosik on another machine tells.

use std::path::{Path, PathBuf};

use tokio::sync::watch;
use url::Url;

use super::common::{Common, env};
use super::paint::{Paint, err, out};
use super::report::{CliError, Exit};
use crate::agent::{Extent, Whom};
use crate::app::{App, AppError};
use crate::config::Config;
use crate::model::secret::Secret;
use crate::notify::desktop::Handed;
use crate::run::lifecycle::{Lifecycle, Wish};

/// The variable that holds the token.
const TOKEN: &str = "SOSIK_TOKEN";

/// Where the service manager puts credentials (systemd.exec(5)), and ours among them.
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";
const CREDENTIAL: &str = "sosik-token";

/// What `--help` adds.
const EXAMPLES: &str = "\
On the server: `[notify.agents] enabled = true` in its configuration, and `sosik token add laptop`.
Here:
  sosik agent --server https://feeds.example.org --token-file ~/.config/sosik/agent-token
  sosik service install --agent            with every session, by `[agent]` of the configuration

The token comes from --token, --token-file, $SOSIK_TOKEN, `[agent] token_file`, or systemd's credential sosik-token.
The first start shows nothing old; from then on nothing is lost, however long this machine is away (up to the
server's `[store] keep_events`).";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The other sosik, as its feeds call it [default: `[agent] server`]
    #[arg(long, value_name = "URL")]
    server: Option<Url>,
    /// The token with which it lets us in; others on this machine see it: better a file
    #[arg(long, value_name = "TOKEN", conflicts_with = "token_file")]
    token: Option<String>,
    /// The file that holds the token
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Show what was told since the last time, and end
    #[arg(long)]
    once: bool,
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<Exit, CliError> {
    let config = common.load()?;
    let once = args.once;
    let whom = whom(args, &config)?;
    let server = whom.server.host_str().unwrap_or_default().to_owned();
    // A process that ends at once lets another one wait for clicks.
    let program = std::env::current_exe().ok().filter(|_| once);
    let hand = program.map(|program| Handed::new(program, common.arguments(&["notify", "show"])));
    let mut lifecycle = Lifecycle::open().map_err(CliError::Runtime)?;
    let mut agent = App::agent(&config, Common::clock(), whom, hand)?;
    let is_new = agent.is_new();
    let (stop, stopped) = watch::channel(false);
    let signals = tokio::spawn(async move {
        // A changed configuration is taken by a restart.
        while lifecycle.wish().await != Wish::Stop {}
        let _ = stop.send(true);
    });
    let extent = if once { Extent::Once } else { Extent::ForEver };
    let ended = agent.run(extent, stopped).await;
    signals.abort();
    ended.map_err(AppError::from)?;
    if once && is_new {
        out(&format!("{} following {server} from now on: what comes next is shown the next time", "ready:".good()))?;
    }
    Ok(Exit::Fine)
}

/// Whom to follow, by the command line, the environment and the configuration.
fn whom(args: Args, config: &Config) -> Result<Whom, CliError> {
    let Some(server) = args.server.or_else(|| config.agent.server.clone()) else {
        return Err(CliError::Usage {
            message: "no server is named to follow".to_owned(),
            help: "say --server URL, or write `[agent] server = \"URL\"` into the configuration".to_owned(),
        });
    };
    if !matches!(server.scheme(), "http" | "https") || !server.has_host() {
        return Err(CliError::Usage {
            message: format!("the server {:?} is no address of the web", server.as_str()),
            help: "write it as its feeds call it, such as https://feeds.example.org".to_owned(),
        });
    }
    let token = token(args.token, args.token_file.as_deref(), config)?;
    let is_open = server.scheme() == "http" && !is_near(&server);
    if token.is_some() && is_open {
        err(&format!("{} the token goes to {server} in the clear: use https, or a tunnel", "note:".dim()));
    }
    let folder = config.store.folder().to_owned();
    Ok(Whom { server, token, folder })
}

fn token(said: Option<String>, file: Option<&Path>, config: &Config) -> Result<Option<Secret>, CliError> {
    if let Some(token) = said {
        return Ok(Some(Secret::new(token)));
    }
    if let Some(file) = file {
        return read(file).map(Some);
    }
    if let Some(token) = env(TOKEN).filter(|token| !token.trim().is_empty()) {
        return Ok(Some(Secret::new(token)));
    }
    if let Some(file) = &config.agent.token_file {
        return read(file).map(Some);
    }
    let credential = env(CREDENTIALS).map(|folder| Path::new(&folder).join(CREDENTIAL));
    credential.filter(|file| file.exists()).map(|file| read(&file)).transpose()
}

fn read(file: &Path) -> Result<Secret, CliError> {
    let why = match std::fs::read_to_string(file) {
        Ok(token) if !token.trim().is_empty() => return Ok(Secret::new(token.trim())),
        Ok(_) => "it is empty".to_owned(),
        Err(error) => error.to_string(),
    };
    Err(CliError::Usage {
        message: format!("the token in {} cannot be read: {why}", file.display()),
        help: "write into it what `sosik token add NAME` shows on the server".to_owned(),
    })
}

/// Whether nobody else sees what is sent there.
fn is_near(server: &Url) -> bool {
    match server.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}
