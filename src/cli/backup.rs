//! `sosik backup` and `sosik restore`: the state as one file, and back.
//!
//! A backup is made beside a running daemon. Restoring needs the state for itself; what was there is moved aside, never
//! deleted.

use std::path::{Path, PathBuf};

use super::common::{Common, env, writable};
use super::paint::{Paint, out};
use super::report::{CliError, Exit};
use crate::app::App;
use crate::config::Config;
use crate::store::sqlite::backups::Backups;
use crate::store::sqlite::{Examined, SqliteStore};

/// What `--help` adds.
const BACKUP_EXAMPLES: &str = "\
Examples:
  sosik backup                     into the folder of backups beside the state
  sosik backup /mnt/usb/sosik.db   into this file, which must not be there yet
A running daemon makes one a day by itself (`[store] backups`). The configuration is a file of its own: keep it too.";

/// What `--help` adds.
const RESTORE_EXAMPLES: &str = "\
Examples:
  sosik restore ~/.local/state/sosik/backups/sosik-20261122T031500Z.db
What was there is moved aside. Nothing that the backup does not know is announced: the next look at each blog is quiet.";

#[derive(Debug, clap::Args)]
#[command(after_help = BACKUP_EXAMPLES)]
pub(crate) struct BackupArgs {
    /// The file to make [default: a dated one beside the state]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
#[command(after_help = RESTORE_EXAMPLES)]
pub(crate) struct RestoreArgs {
    /// The backup
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(crate) async fn backup(common: &Common, args: BackupArgs) -> Result<Exit, CliError> {
    let config = common.load()?;
    let path = file_of(&config, "pg_dump makes a backup of it")?;
    if !path.exists() {
        return Err(CliError::Usage {
            message: format!("there is no state at {}", path.display()),
            help: "it is made by the first `sosik refresh`; name another one with --state".to_owned(),
        });
    }
    let app = App::read(config, Common::clock(), &env).await?;
    let dated = Backups::of(&path).daily(app.now());
    let file = match args.file {
        None => dated,
        Some(folder) if folder.is_dir() => folder.join(dated.file_name().unwrap_or_default()),
        Some(file) => file,
    };
    if file.exists() {
        return Err(CliError::Usage {
            message: format!("{} is there already", file.display()),
            help: "name another file: a backup replaces nothing".to_owned(),
        });
    }
    app.store.copy_to(&file).await?;
    out(&format!("{} holds {}", file.display().to_string().bold(), held(SqliteStore::examine(&file)?)))?;
    Ok(Exit::Fine)
}

pub(crate) async fn restore(common: &Common, args: RestoreArgs) -> Result<Exit, CliError> {
    let config = writable(common.load()?)?;
    let path = file_of(&config, "pg_restore puts what pg_dump wrote in its place")?;
    let is_same = |one: &PathBuf, other: &PathBuf| {
        one.canonicalize().is_ok_and(|one| other.canonicalize().is_ok_and(|other| one == other))
    };
    if is_same(&args.file, &path) {
        return Err(CliError::Usage {
            message: format!("{} is the state itself", path.display()),
            help: format!("backups are in {}", Backups::of(&path).folder().display()),
        });
    }
    if !args.file.is_file() {
        return Err(CliError::Usage {
            message: format!("there is no file {}", args.file.display()),
            help: format!("backups are in {}", Backups::of(&path).folder().display()),
        });
    }
    // A state is not replaced under a daemon that works with it: the lock says so, and names the process.
    let (examined, aside) = SqliteStore::restore(&path, &args.file, Common::clock().now())?;
    // Opened at once: whether it can be used is known now, and not when it is needed.
    let app = App::open(config, Common::clock(), &env).await?;
    out(&format!("{} holds {} again", path.display().to_string().bold(), held(examined)))?;
    if let Some(aside) = aside {
        out(&format!("what was there is now {}", aside.display()))?;
    }
    app.publisher.publish().await?;
    Ok(Exit::Fine)
}

/// The file of the state; what is on a server is kept by the server's own tools.
fn file_of(config: &Config, instead: &str) -> Result<PathBuf, CliError> {
    config.store.file().map(Path::to_owned).ok_or_else(|| CliError::Usage {
        message: format!("the state is at {}, not in a file", config.store.identity().display()),
        help: format!("{instead}, with the server's other databases; sources and posts: sosik export"),
    })
}

fn held(examined: Examined) -> String {
    let Examined { sources, posts, .. } = examined;
    let of = |count: u32, one: &str| if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") };
    format!("{} and {}", of(sources, "source"), of(posts, "post"))
}
