//! A notice as this notification daemon can show it.

use crate::notify::notice::Notice;

/// What the daemon says that it can.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Abilities {
    /// It shows more than the summary.
    pub(super) body: bool,
    /// What it shows of the body is markup.
    pub(super) markup: bool,
    /// It has buttons.
    pub(super) actions: bool,
}

impl Abilities {
    /// By the names of the specification.
    pub(super) fn of(names: &[String]) -> Self {
        let has = |name: &str| names.iter().any(|known| known == name);
        Self { body: has("body"), markup: has("body-markup"), actions: has("actions") }
    }

    /// Summary and body. Without markup a body is text as it is; with it, text has to be escaped. A summary is never
    /// markup.
    pub(super) fn shown(self, notice: &Notice) -> (String, String) {
        let Notice { summary, body, .. } = notice;
        match (self.body, self.markup) {
            (false, _) if body.is_empty() => (summary.clone(), String::new()),
            (false, _) => (format!("{summary} · {}", body.lines().next().unwrap_or_default()), String::new()),
            (true, false) => (summary.clone(), body.clone()),
            (true, true) => (summary.clone(), escaped(body)),
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_written_as_the_daemon_reads_it() {
        let notice = Notice { summary: "<b> & \"c\"".into(), body: "a & <b>\nsecond \"line\"".into(), link: None };
        let check = |abilities: &[&str], summary: &str, body: &str| {
            let names: Vec<String> = abilities.iter().map(|name| (*name).to_owned()).collect();
            let shown = Abilities::of(&names).shown(&notice);
            assert_eq!((shown.0.as_str(), shown.1.as_str()), (summary, body), "{abilities:?}");
        };
        check(&["body", "body-markup"], "<b> & \"c\"", "a &amp; &lt;b&gt;\nsecond \"line\"");
        check(&["body"], "<b> & \"c\"", "a & <b>\nsecond \"line\"");
        check(&["actions"], "<b> & \"c\" · a & <b>", "");
    }
}
