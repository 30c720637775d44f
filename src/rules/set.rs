//! All rules of a configuration, in force.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::cap::Cap;
use super::hours::{DigestTimes, QuietHours};
use super::matching::Matcher;
use crate::model::delivery::Subject;
use crate::model::rule::Rule;

/// The rules, in the order in which they are asked, and the channels that are there.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    rules: Vec<Decision>,
    open: Vec<String>,
}

/// What a rule decides.
#[derive(Debug, Clone)]
pub(super) struct Decision {
    /// By what the store counts it.
    pub(super) id: String,
    matcher: Matcher,
    /// `None`: every channel that is open.
    channels: Option<Vec<String>>,
    quiet: Option<QuietHours>,
    zone: TimeZone,
    pub(super) cap: Option<Cap>,
    pub(super) digest: Option<DigestTimes>,
}

/// A rule that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the rule {rule} of notifications has no {key} that can be read")]
pub struct BadRule {
    /// Its place, from 1.
    pub rule: usize,
    /// The key.
    pub key: &'static str,
}

impl Rules {
    /// Rules over these channels; hours without a zone are those of `zone`.
    pub fn new(rules: &[Rule], channels: Vec<String>, zone: &TimeZone) -> Result<Self, BadRule> {
        let rules = rules.iter().zip(1..).map(|(rule, place)| Decision::of(rule, zone, place));
        Ok(Self { rules: rules.collect::<Result<_, _>>()?, open: channels })
    }

    /// No rules: everything goes to each of these channels at once.
    pub fn without(channels: Vec<String>) -> Self {
        Self { rules: Vec::new(), open: channels }
    }

    /// Whether anybody can be told anything.
    pub fn is_silent(&self) -> bool {
        self.open.is_empty()
    }

    /// Who is to be told of it.
    pub fn channels<'a>(&'a self, subject: &Subject<'_>) -> Vec<&'a str> {
        let named = self.deciding(subject).and_then(|rule| rule.channels.as_ref());
        let is_named = |channel: &&String| named.is_none_or(|named| named.contains(channel));
        self.open.iter().filter(is_named).map(String::as_str).collect()
    }

    /// How far back the caps of the rules look; `None`: no rule has one.
    pub fn look_back(&self) -> Option<SignedDuration> {
        self.rules.iter().filter_map(|rule| rule.cap).map(|cap| cap.window()).max()
    }

    /// The first rule that is about it.
    pub(super) fn deciding(&self, subject: &Subject<'_>) -> Option<&Decision> {
        self.rules.iter().find(|rule| rule.matcher.holds(subject))
    }
}

impl Decision {
    fn of(rule: &Rule, zone: &TimeZone, place: usize) -> Result<Self, BadRule> {
        let bad = |key| BadRule { rule: place, key };
        let zone = match &rule.time_zone {
            Some(name) => TimeZone::get(name).map_err(|_| bad("time_zone"))?,
            None => zone.clone(),
        };
        let id = rule.name.clone().unwrap_or_else(|| {
            // The same rule at another place is the same rule.
            let text = serde_json::to_string(rule).unwrap_or_default();
            format!("{:016x}", xxhash_rust::xxh3::xxh3_64(text.as_bytes()))
        });
        Ok(Self {
            id,
            matcher: Matcher::of(rule).ok_or(bad("pattern"))?,
            channels: rule.channels.clone(),
            quiet: parsed(rule.quiet_hours.as_deref(), QuietHours::parse).map_err(|()| bad("quiet_hours"))?,
            zone,
            cap: parsed(rule.at_most.as_deref(), Cap::parse).map_err(|()| bad("at_most"))?,
            digest: parsed(rule.digest.as_deref(), DigestTimes::parse).map_err(|()| bad("digest"))?,
        })
    }

    /// Until when what was owed then is held back; `None`: it may be told.
    pub(super) fn holds_until(&self, owed: Timestamp, now: Timestamp) -> Option<Timestamp> {
        let zoned = |at: Timestamp| at.to_zoned(self.zone.clone());
        let quiet = self.quiet.and_then(|hours| hours.end(&zoned(now)));
        let digest = self.digest.and_then(|times| times.after(&zoned(owed)));
        let until = quiet.max(digest.filter(|at| at.timestamp() > now))?.timestamp();
        (until > now).then_some(until)
    }
}

fn parsed<T>(text: Option<&str>, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, ()> {
    text.map(|text| parse(text).ok_or(())).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::delivery::About;
    use crate::model::source::SourceId;

    #[test]
    fn the_first_rule_that_matches_decides() {
        let rule = |sources: &[&str], channels: Option<&[&str]>| Rule {
            sources: sources.iter().map(|text| (*text).to_owned()).collect(),
            channels: channels.map(|names| names.iter().map(|name| (*name).to_owned()).collect()),
            ..Rule::default()
        };
        let rules = [
            rule(&["work"], Some(&["team", "desktop"])),
            rule(&["noise"], Some(&[])),
            rule(&["w*"], Some(&["mail"])),
            rule(&["plain"], None),
        ];
        let open = ["desktop", "team", "mail"].map(str::to_owned).to_vec();
        let rules = Rules::new(&rules, open, &TimeZone::UTC).unwrap();
        let check = |source: &str, expected: &[&str]| {
            let source = SourceId::try_from(source.to_owned()).unwrap();
            let subject = Subject { source: &source, about: About::Posts, title: "", excerpt: None, categories: &[] };
            assert_eq!(rules.channels(&subject), expected, "{source}");
        };
        check("work", &["desktop", "team"]);
        check("noise", &[]);
        check("world", &["mail"]);
        check("plain", &["desktop", "team", "mail"]);
        check("other", &["desktop", "team", "mail"]);
    }

    #[test]
    fn a_rule_that_cannot_be_read_names_its_key() {
        let bad = Rule { digest: Some("sometimes".into()), ..Rule::default() };
        let refused = Rules::new(&[Rule::default(), bad], Vec::new(), &TimeZone::UTC).unwrap_err();
        assert_eq!(refused, BadRule { rule: 2, key: "digest" });
    }
}
