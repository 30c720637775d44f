//! The units of one installation, made from the project's own (`systemd/`), which are compiled in.
//!
//! Pure. The project's units are complete and are what packages ship; here they get the program's place, its arguments
//! and, for the socket, the addresses of `[serve] listen`. Quoting follows systemd.syntax(7), systemd.service(5).

use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::xxh3_64;

/// The service.
pub const SERVICE: &str = "sosik.service";

/// The agent of a person's session, which follows another machine's sosik.
pub const AGENT: &str = "sosik-agent.service";

/// The sockets of `[serve]`, where systemd opens them.
pub const SOCKET: &str = "sosik.socket";

/// The program's place in the project's units.
const PACKAGED: &str = "/usr/bin/sosik";

/// What the first line of a unit of ours says, before the digest of all that follows it.
const MARK: &str = "# Written by `sosik service install`; untouched while its digest is ";

/// Folders that the system unit hides from its program (`ProtectHome=`, `PrivateTmp=`).
const HIDDEN: &[&str] = &["/home", "/root", "/run/user", "/tmp", "/var/tmp"];

/// Folders from which the system unit lets a program run (`ExecPaths=`).
const RUNNABLE: &[&str] = &["/usr", "/lib", "/lib64"];

/// Whose service it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// A person's: it runs in their session and notifies on their desktop.
    User,
    /// The machine's: it runs as a user of its own, without a desktop.
    System,
}

/// What a unit should do.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Whose service it is.
    pub scope: Scope,
    /// The program, absolute.
    pub program: PathBuf,
    /// Options for every command (`--config`, `--state`, `--publish`) with their values.
    pub options: Vec<String>,
    /// Variables of the environment that decide where things are.
    pub environment: Vec<(String, String)>,
}

/// A unit as it should stand in its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// The name of the file.
    pub name: &'static str,
    /// All of it, with the line that marks it as ours.
    pub text: String,
}

/// Why there is no unit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnitError {
    /// The service could not see its program.
    #[error("a service of the machine cannot run {program}: its unit hides {folder}")]
    Hidden {
        /// The program.
        program: String,
        /// Where it is.
        folder: &'static str,
    },
    /// systemd takes addresses and paths only.
    #[error("systemd cannot open a socket at {address:?}, which `[serve] listen` names")]
    Address {
        /// What the configuration names.
        address: String,
    },
    /// There is nothing to listen on.
    #[error("`[serve] listen` names no place for a socket")]
    NowhereToListen,
    /// A path that no unit can hold.
    #[error("{path:?} cannot be written into a unit")]
    Unwritable {
        /// The path.
        path: String,
    },
}

impl UnitError {
    /// What to do.
    pub fn help(&self) -> String {
        match self {
            Self::Hidden { program, .. } => format!(
                "put it where programs of the machine are and say it again from there: \
                 sudo install -m 755 {program} /usr/local/bin/sosik && sudo /usr/local/bin/sosik service install --system"
            ),
            Self::Address { .. } => "write an IP address and a port, such as \"127.0.0.1:7878\"".to_owned(),
            Self::NowhereToListen => "name one, such as \"127.0.0.1:7878\", or leave --socket out".to_owned(),
            Self::Unwritable { .. } => "move it to a path of UTF-8 without line ends".to_owned(),
        }
    }
}

/// The service's unit.
pub fn service(wanted: &Wanted) -> Result<Unit, UnitError> {
    let template = match wanted.scope {
        Scope::User => include_str!("../../systemd/user/sosik.service"),
        Scope::System => include_str!("../../systemd/system/sosik.service"),
    };
    made(SERVICE, template, wanted)
}

/// The agent's unit, which there is for a person alone: it shows on a desktop.
pub fn agent(wanted: &Wanted) -> Result<Unit, UnitError> {
    made(AGENT, include_str!("../../systemd/user/sosik-agent.service"), wanted)
}

/// A unit of the project with the program's place and its arguments.
fn made(name: &'static str, template: &str, wanted: &Wanted) -> Result<Unit, UnitError> {
    let program = path_text(&wanted.program)?;
    if wanted.scope == Scope::System
        && let Some(folder) = HIDDEN.iter().find(|folder| wanted.program.starts_with(folder))
    {
        return Err(UnitError::Hidden { program: program.to_owned(), folder });
    }
    let mut options = wanted.options.clone();
    if wanted.scope == Scope::System && !options.iter().any(|option| option == "--config") {
        options.extend(["--config".to_owned(), "/etc/sosik/sosik.toml".to_owned()]);
    }
    if options.iter().any(|option| option.contains(['\n', '\0'])) {
        return Err(UnitError::Unwritable { path: options.join(" ") });
    }
    let mut lines: Vec<String> = Vec::new();
    for line in template.lines() {
        if let Some(command) = line.strip_prefix("ExecStart=").filter(|command| command.starts_with(PACKAGED)) {
            lines.extend(wanted.environment.iter().map(|(name, value)| environment(name, value)));
            lines.push(format!("ExecStart={}", command_line(program, verb(command), &options)));
        } else if let Some(command) = line.strip_prefix("ExecReload=").filter(|command| command.starts_with(PACKAGED)) {
            lines.push(format!("ExecReload={}", command_line(program, verb(command), &options)));
        } else if line.starts_with("ExecPaths=") && !RUNNABLE.iter().any(|folder| wanted.program.starts_with(folder)) {
            lines.push(format!("{line} {}", quoted(program, Dollar::Plain)));
        } else {
            lines.push(line.to_owned());
        }
    }
    Ok(marked(name, &(lines.join("\n") + "\n")))
}

/// The unit of the sockets at these places of `[serve] listen`.
pub fn socket(scope: Scope, listen: &[String]) -> Result<Unit, UnitError> {
    let template = match scope {
        Scope::User => include_str!("../../systemd/user/sosik.socket"),
        Scope::System => include_str!("../../systemd/system/sosik.socket"),
    };
    if listen.is_empty() {
        return Err(UnitError::NowhereToListen);
    }
    let streams = listen.iter().map(|address| Ok(format!("ListenStream={}", stream(address)?)));
    let streams = streams.collect::<Result<Vec<_>, UnitError>>()?.join("\n");
    let is_stream = |line: &&str| line.starts_with("ListenStream=");
    let text = template.lines().map(|line| if is_stream(&line) { streams.as_str() } else { line });
    Ok(marked(SOCKET, &(text.collect::<Vec<_>>().join("\n") + "\n")))
}

/// Whether a file is as some version of sosik wrote it. `None`: it is no file of ours.
pub fn is_untouched(text: &str) -> Option<bool> {
    let (first, rest) = text.split_once('\n')?;
    let digest = first.strip_prefix(MARK)?;
    Some(digest == digest_of(rest))
}

fn marked(name: &'static str, text: &str) -> Unit {
    Unit { name, text: format!("{MARK}{}\n{text}", digest_of(text)) }
}

fn digest_of(text: &str) -> String {
    format!("{:016x}", xxh3_64(text.as_bytes()))
}

/// The command of a line of the project's units: the word after the program.
fn verb(command: &str) -> &str {
    command.split(' ').nth(1).unwrap_or_default()
}

fn command_line(program: &str, verb: &str, options: &[String]) -> String {
    // The program's own path is taken as it is, its arguments are looked through for variables.
    let mut words = vec![quoted(program, Dollar::Plain), verb.to_owned()];
    words.extend(options.iter().map(|option| quoted(option, Dollar::Doubled)));
    words.join(" ")
}

fn environment(name: &str, value: &str) -> String {
    format!("Environment={}", quoted(&format!("{name}={value}"), Dollar::Plain))
}

/// Whether `$` begins a variable where a word stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dollar {
    Plain,
    Doubled,
}

/// A word as systemd reads it back: `%` begins a specifier, `\` and quotes are its own.
fn quoted(word: &str, dollar: Dollar) -> String {
    let mut text = word.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%");
    if dollar == Dollar::Doubled {
        text = text.replace('$', "$$");
    }
    let is_plain = !word.is_empty() && !word.contains(|c: char| c.is_whitespace() || "\"'\\;#".contains(c));
    if is_plain { text } else { format!("\"{text}\"") }
}

fn stream(address: &str) -> Result<String, UnitError> {
    let address =
        address.strip_prefix("localhost:").map_or_else(|| address.to_owned(), |port| format!("127.0.0.1:{port}"));
    let is_path = Path::new(&address).is_absolute() && !address.contains('\n');
    if is_path || address.parse::<std::net::SocketAddr>().is_ok_and(|at| at.port() != 0) {
        return Ok(address.replace('%', "%%"));
    }
    Err(UnitError::Address { address })
}

fn path_text(path: &Path) -> Result<&str, UnitError> {
    let text = path.to_str().filter(|text| !text.contains(['\n', '\0']));
    text.ok_or_else(|| UnitError::Unwritable { path: path.display().to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(scope: Scope, program: &str) -> Wanted {
        Wanted { scope, program: program.into(), options: Vec::new(), environment: Vec::new() }
    }

    fn commands(unit: &Unit) -> Vec<&str> {
        unit.text.lines().filter(|line| line.starts_with("Exec") || line.starts_with("Environment=")).collect()
    }

    #[test]
    fn a_unit_runs_the_program_that_wrote_it() {
        let user = service(&wanted(Scope::User, "/home/a/.cargo/bin/sosik")).unwrap();
        let reload = "ExecReload=/bin/kill -HUP $MAINPID";
        assert_eq!(
            commands(&user),
            ["ExecStart=/home/a/.cargo/bin/sosik run", "ExecReload=/home/a/.cargo/bin/sosik check", reload]
        );
        let mut system = wanted(Scope::System, "/opt/sosik 2/sosik");
        system.options = ["--state", "/srv/50%/$x"].map(str::to_owned).to_vec();
        system.environment = vec![("SOSIK_LOG".to_owned(), "sosik=debug".to_owned())];
        let options = "--state /srv/50%%/$$x --config /etc/sosik/sosik.toml";
        assert_eq!(
            commands(&service(&system).unwrap()),
            [
                "Environment=SOSIK_LOG=sosik=debug",
                &format!("ExecStart=\"/opt/sosik 2/sosik\" run {options}"),
                &format!("ExecReload=\"/opt/sosik 2/sosik\" check {options}"),
                reload,
                "ExecPaths=/usr /lib /lib64 \"/opt/sosik 2/sosik\"",
            ]
        );
    }

    #[test]
    fn the_packaged_place_gives_the_packaged_units() {
        for (scope, packaged) in [
            (Scope::User, include_str!("../../systemd/user/sosik.service")),
            (Scope::System, include_str!("../../systemd/system/sosik.service")),
        ] {
            let unit = service(&wanted(scope, PACKAGED)).unwrap();
            assert_eq!(unit.text.split_once('\n').unwrap().1, packaged);
        }
        let agent = agent(&wanted(Scope::User, PACKAGED)).unwrap();
        assert_eq!(agent.text.split_once('\n').unwrap().1, include_str!("../../systemd/user/sosik-agent.service"));
        let socket = socket(Scope::User, &["127.0.0.1:7878".to_owned()]).unwrap();
        assert_eq!(socket.text.split_once('\n').unwrap().1, include_str!("../../systemd/user/sosik.socket"));
    }

    #[test]
    fn a_service_of_the_machine_must_see_its_program() {
        for program in ["/home/a/sosik", "/root/.cargo/bin/sosik", "/tmp/sosik"] {
            let error = service(&wanted(Scope::System, program)).unwrap_err();
            assert!(matches!(error, UnitError::Hidden { .. }) && error.help().contains("/usr/local/bin"), "{program}");
        }
        service(&wanted(Scope::System, "/usr/local/bin/sosik")).unwrap();
    }

    #[test]
    fn a_socket_listens_where_the_configuration_says() {
        let listen = ["[::1]:80", "localhost:81", "/run/sosik/http.sock"].map(str::to_owned);
        let unit = socket(Scope::System, &listen).unwrap();
        let streams: Vec<_> = unit.text.lines().filter(|line| line.starts_with("ListenStream")).collect();
        assert_eq!(
            streams,
            ["ListenStream=[::1]:80", "ListenStream=127.0.0.1:81", "ListenStream=/run/sosik/http.sock"]
        );
        assert_eq!(socket(Scope::User, &[]), Err(UnitError::NowhereToListen));
        for address in ["feeds.example.org:80", "127.0.0.1:0", "http.sock"] {
            let refused = socket(Scope::User, &[address.to_owned()]);
            assert!(matches!(refused, Err(UnitError::Address { .. })), "{address}");
        }
    }

    #[test]
    fn an_edit_is_told_from_our_own_text() {
        let unit = service(&wanted(Scope::User, "/usr/bin/sosik")).unwrap();
        assert_eq!(is_untouched(&unit.text), Some(true));
        assert_eq!(is_untouched(&unit.text.replace("Nice=10", "Nice=5")), Some(false));
        assert_eq!(is_untouched("[Unit]\nDescription=mine\n"), None);
        assert_eq!(is_untouched(""), None);
    }
}
