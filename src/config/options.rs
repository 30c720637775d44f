//! The options that no other room owns: the language and `[store]`.

use serde::{Deserialize, Serialize};

use crate::model::secret::Secret;

/// The language of messages and pages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Korean.
    Ko,
}

impl Language {
    /// The language that the locale asks for, by POSIX's order of variables. English where it is neither.
    pub fn of_locale(env: &dyn Fn(&str) -> Option<String>) -> Self {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(env).find(|value| !value.is_empty());
        let language = locale.as_deref().and_then(|locale| locale.split(['_', '.', '@', '-']).next());
        if language == Some("ko") { Self::Ko } else { Self::En }
    }
}

/// The `[store]` table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StoreOptions {
    /// `sqlite:PATH` or `postgres://…`. Default: `$XDG_STATE_HOME/sosik/sosik.db`.
    pub url: Option<Secret>,
    /// A file that holds the URL of a server.
    pub url_file: Option<String>,
    /// The variable of the environment that holds it.
    pub url_env: Option<String>,
    /// The systemd credential that holds it.
    pub url_credential: Option<String>,
    /// Connections to a server at most.
    pub pool: Option<u32>,
    /// How long deliveries that were made are kept.
    pub keep_sent: Option<String>,
    /// How long deliveries that were given up are kept.
    pub keep_dead: Option<String>,
    /// How many backups of days are kept beside the state; 0: none are made.
    pub backups: Option<u32>,
    /// How long titles before edits are kept, and robots.txt of servers that nobody asks any more.
    pub keep_history: Option<String>,
    /// How long what agents were told is kept for those that are away.
    pub keep_events: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locale_names_the_language() {
        let check = |set: &[(&str, &str)], expected| {
            let env = |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            assert_eq!(Language::of_locale(&env), expected, "{set:?}");
        };
        check(&[], Language::En);
        check(&[("LANG", "ko_KR.UTF-8")], Language::Ko);
        check(&[("LANG", "ko")], Language::Ko);
        check(&[("LANG", "kok_IN")], Language::En);
        check(&[("LC_ALL", ""), ("LC_MESSAGES", "ko_KR.UTF-8"), ("LANG", "en_US.UTF-8")], Language::Ko);
        check(&[("LC_ALL", "C.UTF-8"), ("LANG", "ko_KR.UTF-8")], Language::En);
    }
}
