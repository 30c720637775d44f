//! Arguments → command. One file per command; `report.rs` prints what went wrong, `paint.rs` what went right.

mod add;
mod agent;
mod backup;
mod check;
mod common;
mod explain;
mod export;
mod feed;
mod feeds;
mod feeds_check;
mod feeds_visit;
mod import;
mod lines;
mod listing;
mod migrate_store;
mod notify;
mod office;
mod paint;
mod posts;
mod preview;
mod progress;
mod prune;
mod refresh;
mod remote;
mod repair;
mod report;
mod run;
mod service;
mod shelf;
mod source;
mod standing;
mod status;
mod stocking;
mod token;
mod watch;

use std::io::IsTerminal;

use clap::{Parser, Subcommand};

use tracing_journald::{Priority, PriorityMappings};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use common::{Common, LogFormat};
use report::{CliError, Exit};

/// What `--help` adds below the commands.
const EXAMPLES: &str = "\
Examples:
  sosik add https://slow-dev.tistory.com                  watch this blog
  sosik preview https://slow-dev.tistory.com/category     what would be read
  sosik refresh                                           look once now
  sosik feeds                                             what can be subscribed to

Exit codes: 0 fine, 1 unexpected, 2 usage, 3 configuration, 4 some sources failed,
5 state unavailable, 6 another sosik holds the state.";

/// Watches blogs, makes the feeds that they don't (one for every category), and tells you when a post appears.
#[derive(Debug, Parser)]
#[command(name = "sosik", version, after_help = EXAMPLES, propagate_version = true)]
pub struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Look at a blog, show what would be read, and write it into the configuration
    Add(add::Args),
    /// Look at the sources once now: fetch, write feeds, notify
    Refresh(refresh::Args),
    /// Poll and deliver until told to stop: the daemon
    Run(run::Args),
    /// Show on this desktop what a sosik on another machine tells
    Agent(agent::Args),
    /// Show what would be read from a page, without a source or a state
    Preview(preview::Args),
    /// Show each source: last outcome, posts, next check, what is wrong
    Status(status::Args),
    /// List the feeds that can be subscribed to
    Feeds(feeds::Args),
    /// Print one feed
    Feed(feed::Args),
    /// List stored posts, newest first
    Posts(posts::Args),
    /// Check the configuration
    Check(check::Args),
    /// Copy the state into a file, beside a running daemon too
    Backup(backup::BackupArgs),
    /// Put a backup in the place of the state, which is moved aside
    Restore(backup::RestoreArgs),
    /// Print sources, posts, categories and recipes as JSON lines, to take them to another machine
    Export(export::Args),
    /// Take in what was exported, or the subscriptions of another program
    Import(import::Args),
    /// Move the whole state into another database, of a file or a server, and compare the two
    MigrateStore(migrate_store::Args),
    /// Take back how a source was learnt to be read, or learn it anew
    Repair(repair::Args),
    /// The sources of the configuration and the state: add, set, list, pause, resume, remove, rename, prune
    #[command(subcommand)]
    Source(source::Command),
    /// Notifications
    #[command(subcommand)]
    Notify(notify::Command),
    /// sosik as a service of systemd: install, uninstall, status
    #[command(subcommand)]
    Service(service::Command),
    /// Who may read what is served
    #[command(subcommand)]
    Token(token::Command),
}

/// Runs the command line and gives the exit code.
pub fn main() -> u8 {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let code = if error.use_stderr() { Exit::Usage } else { Exit::Fine };
            let _ = error.print();
            return code as u8;
        }
    };
    log(&cli);
    let verbose = cli.common.verbose;
    // What ends by itself waits for the network and the state, which have threads of their own: handing its tasks from
    // one thread to another would cost more than they do.
    let mut runtime = if cli.is_daemon() {
        tokio::runtime::Builder::new_multi_thread()
    } else {
        tokio::runtime::Builder::new_current_thread()
    };
    let runtime = match runtime.worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            report::error(&CliError::Runtime(error), verbose);
            return Exit::Unexpected as u8;
        }
    };
    match runtime.block_on(cli.run()) {
        Ok(exit) => exit as u8,
        Err(error) => {
            report::error(&error, verbose);
            error.exit() as u8
        }
    }
}

impl Cli {
    fn is_daemon(&self) -> bool {
        matches!(self.command, Command::Run(_) | Command::Agent(_))
    }

    async fn run(self) -> Result<Exit, CliError> {
        let Self { common, command } = self;
        match command {
            Command::Add(args) => add::run(&common, args).await,
            Command::Refresh(args) => refresh::run(&common, args).await,
            Command::Run(args) => run::run(&common, args).await,
            Command::Agent(args) => agent::run(&common, args).await,
            Command::Preview(args) => preview::run(&common, args).await,
            Command::Status(args) => status::run(&common, args).await,
            Command::Feeds(args) => feeds::run(&common, args).await,
            Command::Feed(args) => feed::run(&common, args).await,
            Command::Posts(args) => posts::run(&common, args).await,
            Command::Check(args) => check::run(&common, &args),
            Command::Backup(args) => backup::backup(&common, args).await,
            Command::Restore(args) => backup::restore(&common, args).await,
            Command::Export(args) => export::run(&common, args).await,
            Command::Import(args) => Box::pin(import::run(&common, args)).await,
            Command::MigrateStore(args) => Box::pin(migrate_store::run(&common, args)).await,
            Command::Repair(args) => repair::run(&common, args).await,
            Command::Source(command) => Box::pin(source::run(&common, command)).await,
            Command::Notify(command) => notify::run(&common, command).await,
            Command::Service(command) => service::run(&common, &command),
            Command::Token(command) => token::run(&common, command).await,
        }
    }
}

/// The daemon tells what it does, to the journal where systemd gave it one; other commands only when asked.
fn log(cli: &Cli) {
    let is_daemon = cli.is_daemon();
    let default = match (cli.common.verbose, is_daemon) {
        (true, _) => "sosik=debug",
        (false, true) => "sosik=info",
        (false, false) => "off",
    };
    let filter = EnvFilter::try_from_env("SOSIK_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    let log = tracing_subscriber::registry().with(filter);
    let as_json = cli.common.log == LogFormat::Json;
    let to_journal = is_daemon && !as_json && std::env::var_os("JOURNAL_STREAM").is_some();
    match tracing_journald::layer() {
        // `journalctl SOSIK_SOURCE_ID=slow` shows one source.
        Ok(journal) if to_journal => {
            // Our info is syslog's: a line for every look is nothing that deserves notice (and bold letters).
            let levels =
                PriorityMappings { info: Priority::Informational, debug: Priority::Debug, ..PriorityMappings::new() };
            let journal = journal.with_field_prefix(Some("SOSIK".to_owned())).with_priority_mappings(levels);
            log.with(journal).init();
        }
        _ if as_json => {
            log.with(tracing_subscriber::fmt::layer().json().with_writer(std::io::stderr)).init();
        }
        _ => {
            let is_terminal = std::io::stderr().is_terminal();
            let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(is_terminal);
            log.with(lines.without_time()).init();
        }
    }
}
