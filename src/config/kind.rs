//! What a key's value may be, and what is said when it is something else.
//!
//! A value is judged here by itself; what it means beside others (a second source of the same id) is judged
//! where the others are known.

use bytesize::ByteSize;
use jiff::{SignedDuration, Span, SpanRelativeTo};
use toml::Spanned;
use toml::de::DeValue;

use super::document::{found, nearest, quoted, sort};
use super::problem::{Fault, Wrong};
use super::reference::Key;
use super::{store_url, text};

/// What a value may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `true` or `false`.
    Flag,
    /// `true`, `false` or `"auto"`.
    FlagOrAuto,
    /// A whole number.
    Count { least: u32, most: u32 },
    /// A number of pages, or `"all"`.
    Backfill,
    /// A number of bytes with its unit.
    Size,
    /// A time with its unit, between two numbers of milliseconds.
    Duration { least_ms: i64, most_ms: i64 },
    /// The time between two looks.
    Interval,
    /// A cron pattern.
    Cron,
    /// One of these words.
    Words(&'static [&'static str]),
    /// A list of these words.
    WordList(&'static [&'static str]),
    /// A list of texts that are not empty.
    Texts,
    /// A list of regular expressions.
    Regexes,
    /// A title that may use these names.
    Template(&'static [&'static str]),
    /// A text that is not empty.
    Text,
    /// A text that nobody is shown.
    Secret,
    /// The name of a channel.
    ChannelName,
    /// A path that is not empty.
    Path,
    /// A folder; may be empty.
    Folder,
    /// A selector; its grammar is the catalogue's.
    Selector,
    /// A strptime format.
    DateFormat,
    /// The name of a source.
    SourceId,
    /// http, https or file.
    PageUrl,
    /// http or https.
    WebUrl,
    /// http, https or socks.
    ProxyUrl,
    /// `sqlite:PATH` or `postgres://…`.
    StoreUrl,
    /// A BCP 47 tag.
    LanguageTag,
    /// An IANA name.
    TimeZone,
    /// A host name or an address, with or without a port.
    HostName,
    /// The value of a header.
    HeaderText,
    /// A table of headers.
    Headers,
    /// A list of addresses and socket paths.
    Listen,
    /// A part of the day.
    QuietHours,
    /// So many in so much time.
    AtMost,
    /// When digests come.
    DigestTimes,
}

impl Kind {
    /// The kind in the words of the documentation.
    pub(super) fn words(self) -> String {
        let listed = |words: &[&str]| words.iter().map(|word| format!("`\"{word}\"`")).collect::<Vec<_>>().join(", ");
        match self {
            Self::Flag => "`true` or `false`".to_owned(),
            Self::FlagOrAuto => "`\"auto\"`, `true` or `false`".to_owned(),
            Self::Count { least, most: u32::MAX } => format!("number from {least}"),
            Self::Count { least, most } => format!("number from {least} to {most}"),
            Self::Backfill => "`\"all\"` or a number from 1".to_owned(),
            Self::Size => "size with its unit".to_owned(),
            Self::Duration { .. } | Self::Interval => "time with its unit".to_owned(),
            Self::Cron => "cron pattern".to_owned(),
            Self::Words(words) => format!("one of {}", listed(words)),
            Self::WordList(words) => format!("list of {}", listed(words)),
            Self::Texts => "list of texts".to_owned(),
            Self::Regexes => "list of regular expressions".to_owned(),
            Self::Text | Self::HeaderText | Self::Template(_) => "text".to_owned(),
            Self::Secret => "secret".to_owned(),
            Self::Path | Self::Folder => "path".to_owned(),
            Self::Selector => "selector".to_owned(),
            Self::DateFormat => "strptime format".to_owned(),
            Self::SourceId | Self::ChannelName => "small letters, digits, hyphens".to_owned(),
            Self::PageUrl | Self::WebUrl | Self::ProxyUrl | Self::StoreUrl => "URL".to_owned(),
            Self::LanguageTag => "language tag".to_owned(),
            Self::TimeZone => "time zone".to_owned(),
            Self::HostName => "host".to_owned(),
            Self::Headers => "table of texts".to_owned(),
            Self::Listen => "list of addresses".to_owned(),
            Self::QuietHours => "part of the day".to_owned(),
            Self::AtMost => "number in a time".to_owned(),
            Self::DigestTimes => "`\"hourly\"`, `\"daily 08:00\"`, `\"weekly mon 08:00\"`".to_owned(),
        }
    }

    /// What is wrong with `value` as the value of `key`.
    pub(super) fn faults(self, key: &Key, value: &Spanned<DeValue<'_>>) -> Vec<Fault> {
        let at = value.span().start;
        let wrong = match (self, value.get_ref()) {
            (Self::Flag | Self::FlagOrAuto, DeValue::Boolean(_)) => None,
            (Self::Count { least, most }, DeValue::Integer(_)) => count(key, value.get_ref(), least, most).err(),
            (Self::Backfill | Self::Size, DeValue::Integer(_)) => count(key, value.get_ref(), 1, u32::MAX).err(),
            (Self::WordList(words), DeValue::Array(list)) => {
                return each_text(key, list.iter(), |text| word(key, text, words));
            }
            (Self::Texts, DeValue::Array(list)) => {
                return each_text(key, list.iter(), |text| text::filled(key.name, text));
            }
            (Self::Regexes, DeValue::Array(list)) => return each_text(key, list.iter(), text::regex),
            (Self::Listen, DeValue::Array(list)) => return each_text(key, list.iter(), text::listen),
            (Self::Headers, DeValue::Table(table)) => return headers(key, table),
            (
                Self::Flag
                | Self::Count { .. }
                | Self::WordList(_)
                | Self::Texts
                | Self::Regexes
                | Self::Listen
                | Self::Headers,
                other,
            ) => Some(mistyped(key, other)),
            (_, DeValue::String(text)) => self.text(key, text).err(),
            (_, other) => Some(mistyped(key, other)),
        };
        wrong.map(|wrong| Fault { at, wrong }).into_iter().collect()
    }

    /// Judges a text where a text is what the kind is written as.
    fn text(self, key: &Key, value: &str) -> Result<(), Wrong> {
        match self {
            Self::Folder => Ok(()),
            Self::FlagOrAuto => word(key, value, &["auto"]).map_err(|_| mistyped(key, &DeValue::String(value.into()))),
            Self::Backfill if value == "all" => Ok(()),
            Self::Size => size(key, value),
            Self::Duration { least_ms, most_ms } => bounded(key, value, least_ms, most_ms),
            Self::Interval => bounded(key, value, 1_000, LONGEST_INTERVAL_MS),
            Self::Words(words) => word(key, value, words),
            _ if value.trim().is_empty() => Err(Wrong::new(
                format!("{:?} is empty", key.name),
                if key.required {
                    format!("write {} = {}", key.name, key.example)
                } else {
                    format!("write {} = {}, or leave the key out", key.name, key.example)
                },
            )),
            Self::Text | Self::Secret | Self::Path | Self::Selector => Ok(()),
            Self::Template(names) => text::template(key.name, value, names),
            Self::Cron => text::cron(value),
            Self::DateFormat => text::date_format(value),
            Self::SourceId => text::source_id(value),
            Self::ChannelName => text::channel_name(value),
            Self::PageUrl => text::page_url(value, std::path::Path::new("/")).map(drop),
            Self::WebUrl => text::web_url(key.name, value).map(drop),
            Self::ProxyUrl => text::proxy_url(value),
            Self::StoreUrl => store_url::store_url(value).map(drop),
            Self::LanguageTag => text::language_tag(value),
            Self::TimeZone => text::time_zone(value),
            Self::HostName => text::host_name(value),
            Self::HeaderText => text::header_value(key.name, value),
            Self::QuietHours => text::quiet_hours(value),
            Self::AtMost => text::at_most(value),
            Self::DigestTimes => text::digest_times(value),
            Self::Flag
            | Self::Count { .. }
            | Self::Backfill
            | Self::WordList(_)
            | Self::Texts
            | Self::Regexes
            | Self::Headers
            | Self::Listen => Err(mistyped(key, &DeValue::String(value.into()))),
        }
    }
}

/// No blog is looked at less often than once in a year.
const LONGEST_INTERVAL_MS: i64 = 366 * 24 * 3_600_000;

/// A value of another type than the key's.
pub(super) fn mistyped(key: &Key, value: &DeValue<'_>) -> Wrong {
    let wants = key.kind.words().replace('`', "");
    let found = match key.kind {
        // What stands in a header may be a secret, too.
        Kind::Secret | Kind::Headers => sort(value).to_owned(),
        _ => found(value),
    };
    // The word that people write for a flag tells which one they mean.
    let meant = match (key.kind, value.as_str().map(str::to_ascii_lowercase).as_deref()) {
        (Kind::Flag | Kind::FlagOrAuto, Some("yes" | "on" | "true" | "always")) => "true",
        (Kind::Flag | Kind::FlagOrAuto, Some("no" | "off" | "false" | "never")) => "false",
        _ => key.example,
    };
    Wrong::new(
        format!("{:?} wants {}, found {found}", key.name, article(&wants)),
        format!("write {} = {meant}", key.name),
    )
}

/// "a number", "an address"; what is a list of choices stands as it is.
fn article(words: &str) -> String {
    match words.chars().next() {
        Some('"') => words.to_owned(),
        _ if ["true", "one of", "small"].iter().any(|start| words.starts_with(start)) => words.to_owned(),
        _ => format!("a {words}"),
    }
}

/// The number of an integer value, where it is within bounds.
fn count(key: &Key, value: &DeValue<'_>, least: u32, most: u32) -> Result<u32, Wrong> {
    let number = integer(value);
    match number {
        Some(number) if (i64::from(least)..=i64::from(most)).contains(&number) => {
            Ok(u32::try_from(number).expect("within u32 bounds"))
        }
        _ => Err(Wrong::new(
            format!("{:?} is {}, which is out of bounds", key.name, found(value).replace("the number ", "")),
            match most {
                u32::MAX if key.kind == Kind::Backfill => {
                    format!("write a number from {least}, or {} = {}", key.name, key.example)
                }
                u32::MAX => format!("write a number from {least}, such as {} = {}", key.name, key.example),
                _ => format!("write a number from {least} to {most}, such as {} = {}", key.name, key.example),
            },
        )),
    }
}

/// The integer that a value is.
pub(super) fn integer(value: &DeValue<'_>) -> Option<i64> {
    let number = value.as_integer()?;
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}

/// A time with its unit: `30m`, `1h 30m`, `2 days`. A day has 24 hours.
pub(super) fn duration(text: &str) -> Option<SignedDuration> {
    let text = text.trim();
    let span: Span = text.parse().ok()?;
    span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()
}

fn bounded(key: &Key, text: &str, least_ms: i64, most_ms: i64) -> Result<(), Wrong> {
    let Some(duration) = duration(text) else {
        let number = text.trim();
        let help = if number.parse::<f64>().is_ok() {
            format!("write the unit too: {} = \"{number}s\" for seconds, \"{number}m\" for minutes", key.name)
        } else {
            format!("write a number and its unit (ms, s, m, h, d), such as {} = {}", key.name, key.example)
        };
        return Err(Wrong::new(format!("{:?} is no time: {}", key.name, quoted(text)), help));
    };
    let (least, most) = (SignedDuration::from_millis(least_ms), SignedDuration::from_millis(most_ms));
    if (least..=most).contains(&duration) {
        return Ok(());
    }
    let mut help = format!("write a time from {least:#} to {most:#}, such as {} = {}", key.name, key.example);
    if key.name == "host_gap" && duration.is_zero() {
        help.push_str("; a host of your own may go without a gap: [[fetch.host]] with its name and gap = \"0s\"");
    }
    let what = if duration < least { "too short" } else { "too long" };
    Err(Wrong::new(format!("{:?} is {what}: {}", key.name, quoted(text)), help))
}

fn size(key: &Key, text: &str) -> Result<(), Wrong> {
    match text.parse::<ByteSize>() {
        Ok(size) if size.as_u64() > 0 => Ok(()),
        _ => Err(Wrong::new(
            format!("{:?} is no size: {}", key.name, quoted(text)),
            format!("write a number and its unit (KiB, MiB, GiB), such as {} = {}", key.name, key.example),
        )),
    }
}

fn word(key: &Key, text: &str, words: &[&'static str]) -> Result<(), Wrong> {
    if words.contains(&text) {
        return Ok(());
    }
    let help = match nearest(text, words.iter().copied()) {
        Some(near) => format!("write \"{near}\""),
        None => format!("write {}", words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" or ")),
    };
    Err(Wrong::new(format!("{:?} does not know {}", key.name, quoted(text)), help))
}

/// Judges each element of a list of texts.
fn each_text<'a, 'i: 'a>(
    key: &Key,
    list: impl Iterator<Item = &'a Spanned<DeValue<'i>>>,
    judge: impl Fn(&str) -> Result<(), Wrong>,
) -> Vec<Fault> {
    list.filter_map(|element| {
        let wrong = match element.get_ref() {
            DeValue::String(text) => judge(text).err()?,
            other => Wrong::new(
                format!("{:?} is a list of texts, found {} in it", key.name, found(other)),
                format!("write {} = {}", key.name, key.example),
            ),
        };
        Some(Fault { at: element.span().start, wrong })
    })
    .collect()
}

fn headers(key: &Key, table: &toml::de::DeTable<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    for (name, value) in table {
        let at = name.span().start;
        if let Err(wrong) = text::header_name(name.get_ref()) {
            faults.push(Fault { at, wrong });
        }
        let lower = name.get_ref().to_ascii_lowercase();
        if seen.contains(&lower) {
            faults.push(Fault::new(
                at,
                format!("the header {} is written twice: capital letters make no difference", quoted(name.get_ref())),
                "keep one of the two",
            ));
        }
        seen.push(lower);
        let wrong = match value.get_ref() {
            DeValue::String(text) => text::header_value(name.get_ref(), text).err(),
            other => Some(Wrong::new(
                format!("the header {:?} wants a text, found {}", name.get_ref(), sort(other)),
                format!("write {} = {}", key.name, key.example),
            )),
        };
        faults.extend(wrong.map(|wrong| Fault { at: value.span().start, wrong }));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_a_unit() {
        for (text, seconds) in [("30m", 1800), ("1h 30m", 5400), ("1d", 86_400), (" 20 s ", 20), ("PT20S", 20)] {
            assert_eq!(duration(text), Some(SignedDuration::from_secs(seconds)), "{text:?}");
        }
        for text in ["", "30", "soon", "1 month"] {
            assert_eq!(duration(text), None, "{text:?}");
        }
    }
}
