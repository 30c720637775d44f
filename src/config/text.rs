//! Texts that must be something: a URL, a zone, a header, an address.
//!
//! Each function says what is wrong with a text and what to write instead; none of them touches the disk.

use std::net::SocketAddr;
use std::path::Path;

use jiff::tz::TimeZone;
use url::Url;

use crate::model::source::SourceId;
use crate::model::title::{BadTemplate, Template};

use crate::rules::cap::Cap;
use crate::rules::hours::{DigestTimes, QuietHours};
use crate::schedule::Times;

use super::document::{nearest, quoted, quoted_url};
use super::problem::Wrong;

/// Headers that belong to the connection, or that the fetcher itself sends.
const OWN_HEADERS: &[&str] = &[
    "connection",
    "content-length",
    "host",
    "if-modified-since",
    "if-none-match",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

/// The page of a source: http, https, or a file whose relative path starts at `folder`, which is absolute.
pub(super) fn page_url(text: &str, folder: &Path) -> Result<Url, Wrong> {
    if !text.starts_with("file:") {
        return web_url("url", text);
    }
    let wrong = |message: &str, help: &str| Err(Wrong::new(format!("{} {message}", quoted_url(text)), help));
    let url = Url::from_directory_path(folder).ok().and_then(|base| base.join(text).ok());
    match url {
        Some(url) if url.host().is_some() => wrong(
            "names a machine, not a file: what follows `//` is a host",
            "write url = \"file:page.html\" for a file beside this one, or \"file:///home/me/page.html\"",
        ),
        Some(url) if url.path().ends_with('/') => {
            wrong("names a folder, not a file", "write the file's name too: url = \"file:page.html\"")
        }
        Some(url) => Ok(url),
        None => wrong("is no URL of a file", "write url = \"file:page.html\" for a file beside this one"),
    }
}

/// An http or https URL with a host.
pub(super) fn web_url(key: &str, text: &str) -> Result<Url, Wrong> {
    let fail = |message: String, help: String| Err(Wrong::new(message, help));
    let example = format!("write {key} = \"https://…\"");
    let url = match Url::parse(text.trim()) {
        Ok(url) => url,
        Err(url::ParseError::RelativeUrlWithoutBase) if text.contains('.') && !text.contains(char::is_whitespace) => {
            let rest = text.trim_start_matches('/');
            return fail(
                format!("{key:?} has no scheme: {}", quoted_url(text)),
                format!("write {key} = {:?}", format!("https://{rest}")),
            );
        }
        Err(reason) => return fail(format!("{key:?} is no URL: {} ({reason})", quoted_url(text)), example),
    };
    match url.scheme() {
        "http" | "https" => {}
        "file" => {
            return fail(
                format!("{key:?} must be http or https, found {}", quoted_url(text)),
                format!("write where the page lives on the web: {key} = \"https://…\""),
            );
        }
        // `localhost:8000/blog` reads as the scheme `localhost`.
        _ if url.cannot_be_a_base() && url.path().starts_with(|first: char| first.is_ascii_digit()) => {
            return fail(
                format!("{key:?} has no scheme: {}", quoted_url(text)),
                format!("write {key} = {:?}", format!("http://{text}")),
            );
        }
        scheme => return fail(format!("{key:?} cannot have the scheme {scheme:?}: {}", quoted_url(text)), example),
    }
    if url.password().is_some() || !url.username().is_empty() {
        // The text itself is not quoted: what holds a password is not for a log.
        let help = match key {
            "url" => {
                "take it out and write headers = { Authorization = \"Basic …\" } (printf 'user:password' | base64)"
            }
            _ => "take it out of the URL",
        };
        return fail(
            format!("{key:?} holds a user name or password, which feeds and messages would show"),
            help.to_owned(),
        );
    }
    if key == "base_url" && (url.query().is_some() || url.fragment().is_some()) {
        return fail(
            format!("\"base_url\" is the beginning of other URLs and has no ? or #: {}", quoted_url(text)),
            "leave out what follows the path".to_owned(),
        );
    }
    Ok(url)
}

/// A proxy that every request goes through.
pub(super) fn proxy_url(text: &str) -> Result<(), Wrong> {
    const SCHEMES: [&str; 6] = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];
    match Url::parse(text) {
        Ok(url) if SCHEMES.contains(&url.scheme()) && url.has_host() => Ok(()),
        _ => Err(Wrong::new(
            "\"proxy\" is no proxy's URL",
            "write the scheme (http, https, socks5, socks5h), host and port: proxy = \"socks5://127.0.0.1:9050\"",
        )),
    }
}

/// The name of a source.
pub(super) fn source_id(text: &str) -> Result<(), Wrong> {
    let Err(bad) = SourceId::try_from(text.to_owned()) else { return Ok(()) };
    Err(Wrong::new(bad.to_string(), format!("write id = \"{}\"", plain_name(text, "my-blog"))))
}

/// The name of a channel, which is written as a source's is.
pub(super) fn channel_name(text: &str) -> Result<(), Wrong> {
    if SourceId::try_from(text.to_owned()).is_ok() {
        return Ok(());
    }
    let message = format!("{} is no name of a channel", quoted(text));
    Err(Wrong::new(message, format!("write name = \"{}\"", plain_name(text, "phone"))))
}

/// The nearest text of small letters, digits and hyphens; `otherwise` where nothing of it is any.
fn plain_name(text: &str, otherwise: &str) -> String {
    let plain: String = text
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' })
        .collect();
    let mut plain = plain.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    plain.truncate(SourceId::MAX_BYTES);
    let plain = plain.trim_end_matches('-');
    if plain.is_empty() { otherwise.to_owned() } else { plain.to_owned() }
}

/// A language tag by the grammar of BCP 47; whether a language has it is not asked.
pub(super) fn language_tag(text: &str) -> Result<(), Wrong> {
    let mut subtags = text.split('-');
    let first =
        subtags.next().is_some_and(|tag| (2..=8).contains(&tag.len()) && is_all(tag, |l| l.is_ascii_alphabetic()));
    if first && subtags.all(|tag| (1..=8).contains(&tag.len()) && is_all(tag, |l| l.is_ascii_alphanumeric())) {
        return Ok(());
    }
    let underscored = text.split('.').next().unwrap_or(text).replace('_', "-");
    let help = if underscored != text && language_tag(&underscored).is_ok() {
        format!("write language = \"{underscored}\"")
    } else {
        "write a tag such as \"ko\", \"en\" or \"pt-BR\"".to_owned()
    };
    Err(Wrong::new(format!("{} is no language tag", quoted(text)), help))
}

/// A time zone that the zone database knows.
pub(super) fn time_zone(text: &str) -> Result<(), Wrong> {
    if TimeZone::get(text).is_ok() {
        return Ok(());
    }
    let names: Vec<String> = jiff::tz::db().available().map(|name| name.as_str().to_owned()).collect();
    let near = nearest(text, names.iter().map(String::as_str)).or_else(|| {
        // People write the city alone.
        let city = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
        let cities: Vec<String> = names.iter().map(|name| city(name)).collect();
        let near = nearest(&text.replace(' ', "_"), cities.iter().map(String::as_str))?;
        names.iter().map(String::as_str).find(|name| name.contains('/') && city(name) == near)
    });
    let help = match near {
        Some(near) => format!("write time_zone = \"{near}\""),
        None => "write the zone's IANA name: time_zone = \"Asia/Seoul\"".to_owned(),
    };
    Err(Wrong::new(format!("no time zone is called {}", quoted(text)), help))
}

/// A cron pattern that some day meets.
pub(super) fn cron(text: &str) -> Result<(), Wrong> {
    let help =
        "write minute, hour, day, month and weekday: schedule = \"0 9 * * MON-FRI\" looks at nine on working days";
    Times::parse(text, TimeZone::UTC).map(drop).map_err(|bad| Wrong::new(format!("\"schedule\": {bad}"), help))
}

/// A part of the day.
pub(super) fn quiet_hours(text: &str) -> Result<(), Wrong> {
    let help = "write two times of the day: quiet_hours = \"22:00-08:00\"";
    let wrong = || Wrong::new(format!("\"quiet_hours\" is no part of the day: {}", quoted(text)), help);
    QuietHours::parse(text).map(drop).ok_or_else(wrong)
}

/// So many in so much time.
pub(super) fn at_most(text: &str) -> Result<(), Wrong> {
    let help = "write a number and a time of at most a week: at_most = \"5/h\", \"10/30m\" or \"20/day\"";
    let wrong = || Wrong::new(format!("\"at_most\" is no number in a time: {}", quoted(text)), help);
    Cap::parse(text).map(drop).ok_or_else(wrong)
}

/// When digests come.
pub(super) fn digest_times(text: &str) -> Result<(), Wrong> {
    let help = "write digest = \"daily 08:00\", \"weekly mon 08:00\" or \"hourly\"";
    let wrong = || Wrong::new(format!("\"digest\" names no times: {}", quoted(text)), help);
    DigestTimes::parse(text).map(drop).ok_or_else(wrong)
}

/// A text with something in it.
pub(super) fn filled(key: &str, text: &str) -> Result<(), Wrong> {
    if text.trim().is_empty() {
        return Err(Wrong::new(format!("{key:?} holds an empty text"), "take it out of the list"));
    }
    Ok(())
}

/// A regular expression that can be read, and finds less than everything.
pub(super) fn regex(text: &str) -> Result<(), Wrong> {
    let help = "see https://docs.rs/regex/latest/regex/#syntax; in single quotes a backslash needs no other: '\\d+'";
    match regex::Regex::new(text) {
        Ok(_) if text.is_empty() => filled("regex", text),
        Ok(_) => Ok(()),
        Err(error) => {
            // The library draws a picture over several lines; its last one says what is wrong.
            let error = error.to_string();
            let reason = error.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            Err(Wrong::new(format!("{} is no regular expression: {reason}", quoted(text)), help))
        }
    }
}

/// A title that may use these names in braces.
pub(super) fn template(key: &str, text: &str, names: &[&str]) -> Result<(), Wrong> {
    let known = names.iter().map(|name| format!("{{{name}}}")).collect::<Vec<_>>().join(", ");
    match Template::parse(text, names) {
        Ok(_) => Ok(()),
        Err(BadTemplate::Unknown(name)) => {
            let help = match nearest(&name, names.iter().copied()) {
                Some(near) => format!("write {{{near}}}"),
                None => format!("write {known}"),
            };
            Err(Wrong::new(format!("{key:?} knows no {{{name}}}"), help))
        }
        Err(BadTemplate::Brace) => Err(Wrong::new(
            format!("a brace stands alone in {}", quoted(text)),
            format!("write {known}, and {{{{ or }}}} for the brace itself"),
        )),
    }
}

/// A date format that reads a day at least.
pub(super) fn date_format(text: &str) -> Result<(), Wrong> {
    let example = "write it as in strptime: date_format = \"%Y.%m.%d\"";
    let any_day = jiff::civil::date(2020, 7, 10).at(21, 4, 0, 0).to_zoned(TimeZone::UTC);
    match any_day.map(|day| jiff::fmt::strtime::format(text, &day)) {
        Ok(Ok(written)) if written != text => Ok(()),
        Ok(Err(reason)) => {
            Err(Wrong::new(format!("\"date_format\" cannot be read: {} ({reason})", quoted(text)), example))
        }
        Ok(Ok(_)) | Err(_) => {
            Err(Wrong::new(format!("\"date_format\" names no part of a date: {}", quoted(text)), example))
        }
    }
}

/// A host's name or address, with or without a port; no URL.
pub(super) fn host_name(text: &str) -> Result<(), Wrong> {
    let good = !text.contains(|letter: char| letter.is_whitespace() || "/?#@\\".contains(letter))
        && Url::parse(&format!("http://{text}/")).is_ok();
    if good {
        return Ok(());
    }
    let help = match Url::parse(text).ok().as_ref().map(|url| (url.host_str(), url.port())) {
        Some((Some(host), Some(port))) => format!("write name = \"{host}:{port}\""),
        Some((Some(host), None)) => format!("write name = \"{host}\""),
        Some((None, _)) | None => "write a name or an address, such as \"127.0.0.1\" or \"[::1]:8080\"".to_owned(),
    };
    Err(Wrong::new(format!("{} is no host", quoted(text)), help))
}

/// The name of a header that a person may set (RFC 9110 §5.1).
pub(super) fn header_name(name: &str) -> Result<(), Wrong> {
    let token = |letter: u8| letter.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&letter);
    if name.is_empty() || !name.bytes().all(token) {
        return Err(Wrong::new(
            format!("{} is no name of a header", quoted(name)),
            "a header's name has letters, digits and hyphens alone: headers = { Cookie = \"name=value\" }",
        ));
    }
    let lower = name.to_ascii_lowercase();
    if lower == "user-agent" {
        return Err(Wrong::new(
            "the header \"User-Agent\" has a key of its own",
            "write user_agent = \"…\" in [fetch]",
        ));
    }
    if OWN_HEADERS.contains(&lower.as_str()) {
        return Err(Wrong::new(format!("the header {name:?} is set for each request by itself"), "leave it out"));
    }
    Ok(())
}

/// The value of a header: visible ASCII, spaces and tabs. The value is not quoted: it may be a secret.
pub(super) fn header_value(name: &str, value: &str) -> Result<(), Wrong> {
    let visible = |letter: u8| (b' '..=b'~').contains(&letter) || letter == b'\t';
    if value.bytes().all(visible) && value.trim() == value {
        return Ok(());
    }
    Err(Wrong::new(
        format!("{name:?} holds a character that a header cannot carry"),
        "write ASCII letters, digits and signs on one line, without spaces at its ends",
    ))
}

/// An address with a port, or the path of a socket (what has a `/` in it).
pub(super) fn listen(text: &str) -> Result<(), Wrong> {
    if text.contains('/') && !text.contains("://") && !text.ends_with('/') {
        return Ok(());
    }
    let named = || {
        let (host, port) = text.rsplit_once(':')?;
        port.parse::<u16>().ok()?;
        let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '.';
        (!host.is_empty() && host.chars().all(plain) && host.contains(|letter: char| letter.is_ascii_alphabetic()))
            .then_some(())
    };
    if text.parse::<SocketAddr>().is_ok() || named().is_some() {
        return Ok(());
    }
    let help = match text.trim_start_matches(['*', ':']).parse::<u16>() {
        Ok(port) => format!("write \"127.0.0.1:{port}\" for this machine alone, or \"[::]:{port}\" for every network"),
        Err(_) => {
            "write an address and a port (\"127.0.0.1:7878\", \"[::1]:7878\") or a path (\"/run/sosik/http.sock\")"
                .to_owned()
        }
    };
    Err(Wrong::new(format!("{} is no address to listen on", quoted(text)), help))
}

fn is_all(text: &str, is: impl Fn(char) -> bool) -> bool {
    text.chars().all(is)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(result: Result<(), Wrong>, help: Option<&str>) {
        let wrong = result.err();
        assert_eq!(wrong.as_ref().map(|wrong| wrong.help.as_str()), help, "{wrong:?}");
    }

    #[test]
    fn files_start_at_the_folder() {
        let folder = Path::new("/etc/my blogs");
        for (text, url) in [
            ("file:sample/index.html", "file:///etc/my%20blogs/sample/index.html"),
            ("file:../x.html", "file:///etc/x.html"),
            ("file:///abs/글.html", "file:///abs/%EA%B8%80.html"),
            ("file:/abs.html", "file:///abs.html"),
        ] {
            assert_eq!(page_url(text, folder).unwrap().as_str(), url, "{text}");
        }
        for bad in ["file:", "file:sample/", "file://sample/index.html"] {
            assert!(page_url(bad, folder).is_err(), "{bad}");
        }
    }

    #[test]
    fn urls_are_of_the_web() {
        let help = |text: &str| web_url("url", text).err().map(|wrong| wrong.help);
        assert_eq!(help("https://x.org/a"), None);
        assert_eq!(help("x.org/a").as_deref(), Some("write url = \"https://x.org/a\""));
        assert_eq!(help("localhost:8000/a").as_deref(), Some("write url = \"http://localhost:8000/a\""));
        for bad in ["", "ftp://x.org", "http://", "mailto:a@b.c", "https://a:b@x.org/", "my blog"] {
            assert!(help(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn addresses_are_listened_on() {
        for good in ["127.0.0.1:7878", "[::1]:0", "localhost:80", "/run/sosik/http.sock", "../state/http.sock"] {
            check(listen(good), None);
        }
        check(
            listen("7878"),
            Some("write \"127.0.0.1:7878\" for this machine alone, or \"[::]:7878\" for every network"),
        );
        for bad in ["127.0.0.1", "127.0.0.1:99999", "http://127.0.0.1:80", "::1:80:", ""] {
            assert!(listen(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn zones_are_known_or_guessed() {
        check(time_zone("Asia/Seoul"), None);
        check(time_zone("Asia/Soul"), Some("write time_zone = \"Asia/Seoul\""));
        check(time_zone("Seoul"), Some("write time_zone = \"Asia/Seoul\""));
        check(time_zone("+09:00"), Some("write the zone's IANA name: time_zone = \"Asia/Seoul\""));
    }

    #[test]
    fn headers_and_formats_and_tags_are_checked() {
        check(header_name("X-Key"), None);
        assert!(header_name("X Key").is_err() && header_name("host").is_err() && header_name("").is_err());
        assert!(header_value("X", "a\nb").is_err() && header_value("X", "한글").is_err());
        check(date_format("%Y.%m.%d"), None);
        assert!(date_format("yyyy.mm.dd").is_err() && date_format("%!").is_err());
        check(language_tag("ko"), None);
        check(language_tag("pt-BR"), None);
        check(language_tag("ko_KR.UTF-8"), Some("write language = \"ko-KR\""));
        check(host_name("127.0.0.1"), None);
        check(host_name("[::1]:80"), None);
        check(host_name("https://x.org/"), Some("write name = \"x.org\""));
    }
}
