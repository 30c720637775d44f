//! `sosik service install`.

use std::path::{Path, PathBuf};

use super::super::common::{Common, env};
use super::super::paint::{Paint, err, out};
use super::super::report::{self, CliError, Exit};
use super::args::InstallArgs;
use super::plan::Step;
use super::site::{Site, cannot_touch, refused};
use crate::app::{Env, configure};
use crate::config::{Config, Overrides, SYSTEM_FILE};
use crate::service::files::{Found, look};
use crate::service::manager::Manager;
use crate::service::units::{self, AGENT, SERVICE, SOCKET, Scope, Unit, UnitError, Wanted};

/// Where the machine's service keeps what it knows: `StateDirectory=sosik`.
const SYSTEM_STATE: &str = "/var/lib/sosik";

/// Variables that decide where configuration, state and feeds are.
const PLACES: &[(&str, &str)] =
    &[("XDG_CONFIG_HOME", ".config"), ("XDG_STATE_HOME", ".local/state"), ("XDG_DATA_HOME", ".local/share")];

pub(super) fn run(common: &Common, args: &InstallArgs) -> Result<Exit, CliError> {
    let site = Site::of(args.whose.scope(), args.root.as_deref())?;
    if !args.dry_run {
        site.may_change()?;
    }
    let overrides = absolute(common.overrides());
    let config = configuration(&site, &overrides)?;
    let program = program(&site)?;
    let wanted = Wanted {
        scope: site.scope,
        program: program.clone(),
        options: options(&overrides)?,
        environment: if site.scope == Scope::User { environment(&overrides) } else { Vec::new() },
    };
    let unit = if args.agent { units::agent(&wanted) } else { units::service(&wanted) };
    let mut wished = vec![unit.map_err(|error| no_unit(&error))?];
    let service = if args.agent { AGENT } else { SERVICE };
    if args.agent && config.as_ref().is_some_and(|config| config.agent.server.is_none()) {
        return Err(CliError::Usage {
            message: "the configuration names no server for the agent".to_owned(),
            help:
                "write `[agent] server = \"URL\"` and `token_file = \"PATH\"` into it; `sosik agent --once` tries them"
                    .to_owned(),
        });
    }
    // A socket that is there already stays the wish of who asked for it.
    if !args.agent && (args.socket || site.path(SOCKET).is_file()) {
        let listen =
            config.as_ref().map_or_else(|| vec!["127.0.0.1:7878".to_owned()], |config| config.serve.listen.clone());
        wished.push(units::socket(site.scope, &listen).map_err(|error| no_unit(&error))?);
    }
    let manager = match site.manager() {
        Err(error) if args.dry_run => {
            err(&format!("{} without --dry-run this is refused: {}", "note:".dim(), error.brief()));
            return tell(&files_only(&site, wished, args.force)?, &Manager::offline(Path::new("/")));
        }
        manager => manager?,
    };
    let steps = steps(&site, &manager, service, wished, args.force)?;
    if args.dry_run {
        return tell(&steps, &manager);
    }
    for step in &steps {
        step.take(&site, &manager)?;
    }
    conclude(&site, &manager, service, &program, steps.is_empty())
}

fn tell(steps: &[Step], manager: &Manager) -> Result<Exit, CliError> {
    steps.iter().try_for_each(|step| step.tell(manager))?;
    if steps.is_empty() {
        out("it is installed and runs: there would be nothing to do")?;
    }
    Ok(Exit::Fine)
}

/// The steps that make files of the units.
fn files_only(site: &Site, wished: Vec<Unit>, force: bool) -> Result<Vec<Step>, CliError> {
    let mut steps = Vec::new();
    for unit in wished {
        let path = site.path(unit.name);
        match look(&path, Some(&unit)).map_err(cannot_touch)? {
            Found::Current => continue,
            Found::Absent | Found::Outdated => {}
            Found::Theirs if force => steps.push(Step::SetAside(path.clone())),
            Found::Theirs => return Err(edited(site, &path)),
        }
        steps.push(Step::Write(path, unit));
    }
    Ok(steps)
}

/// All that has to be done; nothing where all is as it should be.
fn steps(
    site: &Site,
    manager: &Manager,
    service: &'static str,
    wished: Vec<Unit>,
    force: bool,
) -> Result<Vec<Step>, CliError> {
    let names: Vec<&'static str> = wished.iter().map(|unit| unit.name).collect();
    let mut steps = files_only(site, wished, force)?;
    let is_new = |name: &str| steps.iter().any(|step| matches!(step, Step::Write(_, unit) if unit.name == name));
    let (new_service, new_socket) = (is_new(service), is_new(SOCKET));
    if !manager.runs() {
        steps.extend(names.iter().map(|name| Step::Ask(vec!["enable", name])));
        return Ok(steps);
    }
    if !steps.is_empty() {
        steps.push(Step::Ask(vec!["daemon-reload"]));
    }
    for &name in &names {
        let state = manager.properties(name, &["UnitFileState"]).map_err(|error| refused(&error, site))?;
        if state.get("UnitFileState").is_none_or(|state| state != "enabled") {
            steps.push(Step::Ask(vec!["enable", name]));
        }
    }
    let is_active = |name: &str| manager.is_active(name).map_err(|error| refused(&error, site));
    let mut runs = is_active(service)?;
    if names.contains(&SOCKET) && (new_socket || !is_active(SOCKET)?) {
        if runs {
            // It holds the places that the socket is to open.
            steps.push(Step::Ask(vec!["stop", service]));
            runs = false;
        }
        steps.push(Step::Ask(vec!["restart", SOCKET]));
    }
    if !runs {
        steps.push(Step::Try(vec!["reset-failed", service]));
        steps.push(Step::Ask(vec!["start", service]));
    } else if new_service {
        steps.push(Step::Ask(vec!["restart", service]));
    }
    Ok(steps)
}

/// Says how it stands and how to undo it.
fn conclude(
    site: &Site,
    manager: &Manager,
    service: &str,
    program: &Path,
    nothing_done: bool,
) -> Result<Exit, CliError> {
    let (option, note) = (site.option(), "note:".dim());
    if manager.runs() {
        let state = manager.properties(service, &["FragmentPath", "StatusText", "ActiveState"]);
        let state = state.map_err(|error| refused(&error, site))?;
        let of = |name: &str| state.get(name).map_or("", String::as_str);
        if Path::new(of("FragmentPath")) != site.path(service) {
            let seen = of("FragmentPath");
            err(&format!("{note} systemd takes {service} from {seen}, which hides {}", site.path(service).display()));
        }
        let word = if nothing_done { "nothing to do:" } else { "it runs:" };
        // The agent says nothing of itself to systemd but that it runs.
        let said = if service == AGENT { of("ActiveState") } else { of("StatusText") };
        out(&format!("{} {said}", word.good()))?;
        err(&format!("{note} its log: journalctl{option} -u {service}"));
        if site.scope == Scope::User && service == SERVICE {
            err(&format!(
                "{note} it ends with your session; `loginctl enable-linger` lets it poll while you are logged out"
            ));
        }
    } else {
        err(&format!("{note} it starts when that system does"));
    }
    let undo = if site.scope == Scope::System { " --system" } else { "" };
    let root = site.root.as_ref().map(|root| format!(" --root {}", root.display())).unwrap_or_default();
    err(&format!("{note} undo it with: sosik service uninstall{undo}{root}"));
    if program.ancestors().nth(2).is_some_and(|folder| folder.join("CACHEDIR.TAG").exists()) {
        let program = program.display();
        err(&format!(
            "{note} {program} lies in a build folder: `cargo install --path .`, then install once more from there"
        ));
    }
    Ok(Exit::Fine)
}

fn edited(site: &Site, path: &Path) -> CliError {
    let file = path.display();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    CliError::Usage {
        message: format!("{file} was written or edited by somebody else: it stays as it is"),
        help: format!(
            "keep your changes in `systemctl{} edit {name}`; --force writes ours and keeps yours beside it",
            site.option()
        ),
    }
}

fn no_unit(error: &UnitError) -> CliError {
    CliError::Usage { message: error.to_string(), help: error.help() }
}

/// The configuration that the service will read, which must be right. `None`: that of a system that does not run yet.
fn configuration(site: &Site, overrides: &Overrides) -> Result<Option<Config>, CliError> {
    let read = |overrides: &Overrides, env: Env<'_>| {
        let config = configure(overrides, env).map_err(CliError::Config)?;
        report::warnings(&config.warnings);
        Ok(Some(config))
    };
    if site.scope == Scope::User {
        return read(overrides, &env);
    }
    let file = overrides.config.clone().unwrap_or_else(|| PathBuf::from(SYSTEM_FILE));
    let below = site.root.as_deref().unwrap_or(Path::new("/"));
    let file = below.join(file.strip_prefix("/").unwrap_or(&file));
    if !file.exists() {
        if site.root.is_some() {
            return Ok(None);
        }
        return Err(CliError::Usage {
            message: format!("there is no {} for the service to read", file.display()),
            help: "write one with a `[[source]]` and its `url`, or name another with --config".to_owned(),
        });
    }
    // The service has no home, and a folder for its state.
    let service_env = |name: &str| (name == "STATE_DIRECTORY").then(|| SYSTEM_STATE.to_owned());
    let config = read(&Overrides { config: Some(file), ..overrides.clone() }, &service_env)?;
    let places = config.iter().flat_map(|config| [config.store.file(), config.publish.dir.as_deref()]).flatten();
    for place in places.filter(|place| !place.starts_with(SYSTEM_STATE)) {
        let place = place.display();
        err(&format!("{} the service may write below {SYSTEM_STATE} only, not {place}", "note:".dim()));
        let help = "leave the place out of the configuration, or allow it: `systemctl edit sosik.service` with ReadWritePaths=";
        err(&format!("  {} {help}", "help:".help()));
    }
    Ok(config)
}

/// The running program, as the service finds it.
fn program(site: &Site) -> Result<PathBuf, CliError> {
    let program = std::env::current_exe().ok().filter(|program| program.exists()).ok_or_else(|| CliError::Failed {
        message: "the place of this program is not known".to_owned(),
        help: "it was replaced or removed while it ran: say it again".to_owned(),
        chain: Vec::new(),
    })?;
    let inside = site.root.as_ref().and_then(|root| program.strip_prefix(root).ok());
    Ok(inside.map_or_else(|| program.clone(), |inside| Path::new("/").join(inside)))
}

fn absolute(overrides: Overrides) -> Overrides {
    let absolute = |path: PathBuf| std::path::absolute(&path).unwrap_or(path);
    Overrides {
        config: overrides.config.map(absolute),
        state: overrides.state.map(absolute),
        // An empty one has a meaning of its own.
        publish: overrides.publish.map(|dir| if dir.as_os_str().is_empty() { dir } else { absolute(dir) }),
    }
}

/// What was said on this command line counts for the service.
fn options(overrides: &Overrides) -> Result<Vec<String>, CliError> {
    let mut options = Vec::new();
    let said = [("--config", &overrides.config), ("--state", &overrides.state), ("--publish", &overrides.publish)];
    for (name, path) in said {
        let Some(path) = path else { continue };
        let text = path.to_str().ok_or_else(|| no_unit(&UnitError::Unwritable { path: path.display().to_string() }))?;
        options.extend([name.to_owned(), text.to_owned()]);
    }
    Ok(options)
}

/// The variables of this shell that the service would not know: it and a command by hand share one state.
fn environment(overrides: &Overrides) -> Vec<(String, String)> {
    let home = env("HOME").map(PathBuf::from);
    let is_usual = |value: &str, usual: &str| home.as_ref().is_some_and(|home| home.join(usual) == Path::new(value));
    let mut variables = Vec::new();
    if overrides.config.is_none() {
        variables.extend(env("SOSIK_CONFIG").filter(|file| !file.is_empty()).map(|file| {
            let file = std::path::absolute(&file).map_or(file, |file| file.display().to_string());
            ("SOSIK_CONFIG".to_owned(), file)
        }));
    }
    for (name, usual) in PLACES {
        let value = env(name).filter(|value| Path::new(value).is_absolute() && !is_usual(value, usual));
        variables.extend(value.map(|value| ((*name).to_owned(), value)));
    }
    variables
}
