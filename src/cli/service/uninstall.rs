//! `sosik service uninstall`: the units go; posts, feeds and the configuration stay, and it says where.

use std::path::{Path, PathBuf};

use super::super::common::{Common, env};
use super::super::paint::{Paint, err, out};
use super::super::report::{CliError, Exit};
use super::args::UninstallArgs;
use super::plan::Step;
use super::site::{Site, cannot_touch};
use crate::app::configure;
use crate::service::files::{Found, look};
use crate::service::units::{AGENT, SERVICE, SOCKET, Scope};

pub(super) fn run(common: &Common, args: &UninstallArgs) -> Result<Exit, CliError> {
    let site = Site::of(args.whose.scope(), args.root.as_deref())?;
    if !args.dry_run {
        site.may_change()?;
    }
    let manager = site.manager()?;
    let mut present = Vec::new();
    let mut removed = Vec::new();
    for name in [SOCKET, SERVICE, AGENT] {
        let path = site.path(name);
        match look(&path, None).map_err(cannot_touch)? {
            Found::Absent => continue,
            Found::Theirs if !args.force => {
                let path = path.display();
                err(&format!(
                    "{} {path} was written or edited by somebody else and stays; --force removes it",
                    "note:".dim()
                ));
            }
            Found::Theirs | Found::Current | Found::Outdated => removed.push(path),
        }
        present.push(name);
    }
    if present.is_empty() {
        out("nothing is installed: there is nothing to remove")?;
        return Ok(Exit::Fine);
    }
    let mut steps = Vec::new();
    // Both at once: a socket whose service stops alone would start it again.
    let mut off = if manager.runs() { vec!["disable", "--now"] } else { vec!["disable"] };
    off.extend(&present);
    steps.push(Step::Ask(off));
    steps.extend(removed.into_iter().map(Step::Remove));
    if manager.runs() {
        steps.push(Step::Ask(vec!["daemon-reload"]));
        steps.extend(present.iter().map(|name| Step::Try(vec!["reset-failed", name])));
    }
    if args.dry_run {
        steps.iter().try_for_each(|step| step.tell(&manager))?;
    } else {
        steps.iter().try_for_each(|step| step.take(&site, &manager))?;
    }
    for (place, what) in left(common, &site) {
        if place.exists() {
            err(&format!("{} {}: {what}", "left".dim(), place.display()));
        }
    }
    Ok(Exit::Fine)
}

/// What a person may want to remove by themselves, and what it is.
fn left(common: &Common, site: &Site) -> Vec<(PathBuf, &'static str)> {
    let mut places = vec![
        (site.path("sosik.service.d"), "your settings of the service"),
        (site.path("sosik.socket.d"), "your settings of the socket"),
        (site.path("sosik-agent.service.d"), "your settings of the agent"),
    ];
    match site.scope {
        Scope::System => {
            let root = site.root.as_deref().unwrap_or(Path::new("/"));
            places.extend([
                (root.join("etc/sosik"), "the configuration"),
                (root.join("var/lib/private/sosik"), "the state: posts, their ids, what was announced; and the feeds"),
                (root.join("var/cache/private/sosik"), "the cache"),
            ]);
        }
        Scope::User => {
            if let Ok(config) = configure(&common.overrides(), &env) {
                places.extend(config.file.clone().map(|file| (file, "the configuration")));
                let file = config.store.file().map(Path::to_owned);
                places.extend(file.map(|file| (file, "the state: posts, their ids, what was announced")));
                places.extend(config.publish.dir.map(|dir| (dir, "the feeds")));
            }
        }
    }
    places
}
