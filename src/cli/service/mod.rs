//! `sosik service`: sosik as a service of systemd, for a person's session or for the machine.
//!
//! `plan.rs` is the list of steps, told before or after they are done; `install.rs` and `uninstall.rs` make one,
//! `site.rs` is where units stand and who starts them, `args.rs` what can be said.

mod args;
mod install;
mod plan;
mod site;
mod uninstall;

use serde_json::json;

use super::common::Common;
use super::paint::{Paint, out, out_json, table};
use super::report::{CliError, Exit};
use crate::service::files::{Found, look};
use crate::service::units::{AGENT, SERVICE, SOCKET, Scope};
pub(crate) use args::Command;
use args::StatusArgs;
use site::Site;

pub(crate) fn run(common: &Common, command: &Command) -> Result<Exit, CliError> {
    match command {
        Command::Install(args) => install::run(common, args),
        Command::Uninstall(args) => uninstall::run(common, args),
        Command::Status(args) => status(args),
    }
}

fn status(args: &StatusArgs) -> Result<Exit, CliError> {
    let site = Site::of(args.whose.scope(), None)?;
    let manager = site.manager()?;
    let mut shown = Vec::new();
    // An agent is told of where there is one: most machines have none.
    let has_agent = site.scope == Scope::User && site.path(AGENT).exists();
    for name in [SERVICE, SOCKET].into_iter().chain(has_agent.then_some(AGENT)) {
        let path = site.path(name);
        let file = match look(&path, None).map_err(site::cannot_touch)? {
            Found::Absent => "absent",
            Found::Current | Found::Outdated => "installed",
            Found::Theirs => "edited",
        };
        let properties = manager.properties(
            name,
            &["LoadState", "ActiveState", "SubState", "UnitFileState", "StatusText", "FragmentPath", "NRestarts"],
        );
        let properties = properties.map_err(|error| site::refused(&error, &site))?;
        let of = |name: &str| properties.get(name).cloned().unwrap_or_default();
        shown.push(json!({
            "unit": name, "file": file, "path": of("FragmentPath"), "enabled": of("UnitFileState") == "enabled",
            "active": of("ActiveState"), "sub": of("SubState"), "status": of("StatusText"),
            "restarts": of("NRestarts").parse::<u64>().ok(),
        }));
    }
    if args.json {
        out_json(&json!({ "units": shown }))?;
        return Ok(Exit::Fine);
    }
    let word = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let rows = shown.iter().map(|unit| {
        let at_start = if unit["enabled"] == true { "enabled" } else { "not enabled" };
        let state = format!("{} ({})", word(&unit["active"]), word(&unit["sub"]));
        vec![word(&unit["unit"]).bold(), word(&unit["file"]), at_start.to_owned(), state, word(&unit["status"])]
    });
    for line in table(&rows.collect::<Vec<_>>()) {
        out(&line)?;
    }
    Ok(Exit::Fine)
}
