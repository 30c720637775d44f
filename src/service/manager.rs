//! systemd, asked by `systemctl`: its own client keeps the rules of enabling, masking and waiting for a start.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::units::Scope;

/// The manager of a person's units or of the machine's.
#[derive(Debug, Clone)]
pub struct Manager {
    scope: Scope,
    /// A system that does not run: its files are there, its manager is not.
    root: Option<PathBuf>,
}

/// Why systemd did not do it.
#[derive(Debug, thiserror::Error)]
pub enum ManagerError {
    /// There is no systemd on this machine.
    #[error("systemd is not installed here: there is no `systemctl`")]
    NotInstalled,
    /// It does not answer.
    #[error("{who} does not run here")]
    Silent {
        /// Which manager.
        who: &'static str,
        /// What `systemctl` said.
        #[source]
        source: Said,
    },
    /// It refused.
    #[error("`{command}` failed")]
    Failed {
        /// What was run.
        command: String,
        /// What `systemctl` said.
        #[source]
        source: Said,
    },
}

/// What another program wrote before it failed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Said(String);

impl Manager {
    /// The running manager of that scope, which must answer.
    pub fn reach(scope: Scope) -> Result<Self, ManagerError> {
        let manager = Self { scope, root: None };
        match manager.ask(&["show", "--property=Version"]) {
            Err(ManagerError::Failed { source, .. }) => Err(ManagerError::Silent { who: manager.who(), source }),
            Err(other) => Err(other),
            Ok(_) => Ok(manager),
        }
    }

    /// The machine's units of a system below `root`, which does not run.
    pub fn offline(root: &Path) -> Self {
        Self { scope: Scope::System, root: Some(root.to_owned()) }
    }

    /// Whether units can be started.
    pub fn runs(&self) -> bool {
        self.root.is_none()
    }

    /// A command line as a person would type it.
    pub fn shown(&self, arguments: &[&str]) -> String {
        let mut words = vec!["systemctl".to_owned()];
        words.extend(self.options());
        words.extend(arguments.iter().map(|&word| word.to_owned()));
        words.join(" ")
    }

    /// Runs `systemctl` with these arguments and gives what it printed.
    pub fn ask(&self, arguments: &[&str]) -> Result<String, ManagerError> {
        let mut command = Command::new("systemctl");
        command.args(self.options()).args(["--no-pager", "--no-ask-password"]).args(arguments).stdin(Stdio::null());
        let output = command.output().map_err(|error| match error.kind() {
            ErrorKind::NotFound => ManagerError::NotInstalled,
            _ => ManagerError::Failed { command: self.shown(arguments), source: Said(error.to_string()) },
        })?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        if output.status.success() {
            return Ok(text(&output.stdout));
        }
        let said = match text(&output.stderr) {
            silent if silent.is_empty() => output.status.to_string(),
            said => said,
        };
        Err(ManagerError::Failed { command: self.shown(arguments), source: Said(said) })
    }

    /// Properties of a unit, such as `ActiveState`.
    pub fn properties(&self, unit: &str, names: &[&str]) -> Result<BTreeMap<String, String>, ManagerError> {
        let wanted = format!("--property={}", names.join(","));
        let shown = self.ask(&["show", &wanted, unit])?;
        let pairs = shown.lines().filter_map(|line| line.split_once('='));
        Ok(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    /// Whether a unit is active.
    pub fn is_active(&self, unit: &str) -> Result<bool, ManagerError> {
        let state = self.properties(unit, &["ActiveState"])?;
        let state = state.get("ActiveState").map_or("", String::as_str);
        Ok(matches!(state, "active" | "reloading" | "activating"))
    }

    fn who(&self) -> &'static str {
        match self.scope {
            Scope::User => "systemd's manager of this user's services",
            Scope::System => "systemd",
        }
    }

    fn options(&self) -> Vec<String> {
        match (&self.root, self.scope) {
            (Some(root), _) => vec![format!("--root={}", root.display())],
            (None, Scope::User) => vec!["--user".to_owned()],
            (None, Scope::System) => Vec::new(),
        }
    }
}
