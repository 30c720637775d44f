//! Options and a message → the request: where to, what body, which headers; and what cannot be one.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ring::hmac;
use url::Url;

use super::bodies;
use super::options::{Format, Options, Verb};
use super::template::Template;
use crate::model::posting::{Method, Posting};
use crate::model::secret::Secret;
use crate::notify::contract::Message;
use crate::notify::settings::{KeyFault, Settings};

/// The secrets that a webhook may have. A URL is one: whoever knows that of a Slack channel writes into it.
pub(super) const SECRETS: &[&str] = &["url", "token", "secret"];

/// Where Telegram's Bot API answers, unless `url` says otherwise.
const TELEGRAM: &str = "https://api.telegram.org";

/// What stands in a segment of a path as it is (RFC 3986 §2.3).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=utf-8";

/// The request that tells this message.
pub(super) fn request(options: &Options, message: &Message) -> Result<Posting, KeyFault> {
    let (body, media_type) = body(options, message)?;
    let mut headers = vec![
        ("Content-Type".to_owned(), Secret::new(media_type)),
        ("X-Sosik-Delivery".to_owned(), Secret::new(&message.id)),
    ];
    if let Some(secret) = options.secrets.get("secret") {
        headers.push(("X-Sosik-Signature-256".to_owned(), Secret::new(signature(secret, &body))));
    }
    // Telegram's token stands in the URL.
    if let Some(token) = options.secrets.get("token").filter(|_| options.format != Format::Telegram) {
        headers.push(("Authorization".to_owned(), Secret::new(format!("Bearer {}", token.expose()))));
    }
    // What a person sets goes before what is sent by itself.
    headers.retain(|(name, _)| !options.headers.keys().any(|own| own.eq_ignore_ascii_case(name)));
    headers.extend(options.headers.iter().map(|(name, value)| (name.clone(), value.clone())));
    let method = match (options.method, options.format) {
        (Some(Verb::Put), _) | (None, Format::Matrix) => Method::Put,
        (Some(Verb::Post) | None, _) => Method::Post,
    };
    Ok(Posting { method, url: url(options, &message.id)?, headers, body, timeout: options.timeout })
}

/// Everything that is wrong with these options.
pub(super) fn faults(options: &Options) -> Vec<KeyFault> {
    let mut faults = Vec::new();
    // A secret that is written and was not read is somebody else's to tell.
    if options.unread().is_empty() {
        faults.extend(url(options, "id").err());
    }
    faults.extend(template(options).err());
    match (&options.body, options.format) {
        (Some(_), Format::Json) | (None, _) => {}
        (Some(_), _) => faults.push(KeyFault::new(
            "body",
            "\"body\" and \"format\" both say what the body is",
            "keep one of the two",
        )),
    }
    if options.body.is_none() && options.content_type.is_some() {
        faults.push(KeyFault::new(
            "content_type",
            "\"content_type\" is of a \"body\", and there is none",
            "write a body too, or leave content_type out",
        ));
    }
    let wants_to = matches!(options.format, Format::Telegram | Format::Matrix);
    if options.to.is_some() && !wants_to {
        faults.push(KeyFault::new(
            "to",
            "\"to\" is for Telegram and Matrix: elsewhere the URL says where a message goes",
            "leave it out",
        ));
    }
    faults
}

fn template(options: &Options) -> Result<Option<(Template<'_>, &str)>, KeyFault> {
    let Some(body) = &options.body else { return Ok(None) };
    let media_type = options.content_type.as_deref().unwrap_or(TEXT);
    Ok(Some((Template::parse(body, media_type)?, media_type)))
}

fn body<'a>(options: &'a Options, message: &Message) -> Result<(String, &'a str), KeyFault> {
    if let Some((template, media_type)) = template(options)? {
        return Ok((template.fill(message), media_type));
    }
    let to = options.to.as_deref().unwrap_or_default();
    let body = match options.format {
        Format::Json => bodies::json(message),
        Format::Slack => bodies::slack(message),
        Format::Discord => bodies::discord(message),
        Format::Mattermost => bodies::mattermost(message),
        Format::Telegram => bodies::telegram(message, to),
        Format::Matrix => bodies::matrix(message),
    };
    Ok((body.to_string(), JSON))
}

fn url(options: &Options, id: &str) -> Result<Url, KeyFault> {
    let token = || {
        let missing = || KeyFault::missing("token", "the service lets nobody else in");
        options.secrets.get("token").ok_or_else(missing)
    };
    let base = match (options.secrets.get("url"), options.format) {
        (Some(url), _) => web_url(url)?,
        (None, Format::Telegram) => Url::parse(TELEGRAM).expect("a URL of ours"),
        (None, _) => return Err(KeyFault::missing("url", "it says where the messages go")),
    };
    let to = |what: &str, good: bool| {
        let fault = || KeyFault::new("to", format!("\"to\" names no {what}"), to_help(options.format));
        options.to.as_deref().filter(|_| good).ok_or_else(fault)
    };
    match options.format {
        Format::Json | Format::Slack | Format::Mattermost => Ok(base),
        Format::Discord => {
            let mut url = base;
            // Without it Discord answers before it knows whether it takes the message.
            if !url.query_pairs().any(|(name, _)| name == "wait") {
                url.query_pairs_mut().append_pair("wait", "true");
            }
            Ok(url)
        }
        Format::Telegram => {
            to("chat", options.to.as_deref().is_some_and(is_chat))?;
            below(&base, &format!("bot{}/sendMessage", token()?.expose().trim()))
        }
        Format::Matrix => {
            let room = to("room", options.to.as_deref().is_some_and(|to| to.starts_with('!')))?;
            token()?;
            let room = utf8_percent_encode(room, SEGMENT);
            below(&base, &format!("_matrix/client/v3/rooms/{room}/send/m.room.message/{id}"))
        }
    }
}

fn to_help(format: Format) -> &'static str {
    match format {
        Format::Matrix => {
            "write the room's id, not its alias: to = \"!opaque:example.org\" (in its settings, Advanced)"
        }
        _ => "write the chat's number or the channel's name: to = \"-1001234567890\", to = \"@channel\"",
    }
}

/// A number, of a group with a minus before it, or the name of a public channel.
fn is_chat(to: &str) -> bool {
    match to.strip_prefix('@') {
        Some(name) => !name.is_empty() && name.bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b'_'),
        None => to.parse::<i64>().is_ok(),
    }
}

fn web_url(secret: &Secret) -> Result<Url, KeyFault> {
    let fault = |what: &str| {
        KeyFault::new("url", format!("the channel's URL {what}"), "write the whole of it, with https:// or http://")
    };
    match Url::parse(secret.expose().trim()) {
        Ok(url) if !matches!(url.scheme(), "http" | "https") => Err(fault("is neither http nor https")),
        Ok(url) => Ok(url),
        // The text is not shown: it is a secret.
        Err(_) => Err(fault("is none")),
    }
}

/// What lies below a URL, whether or not that ends in `/`.
fn below(base: &Url, path: &str) -> Result<Url, KeyFault> {
    let whole = format!("{}/{path}", base.as_str().trim_end_matches('/'));
    Url::parse(&whole)
        .map_err(|_| KeyFault::new("url", "the channel's URL is no server's", "write it without `?` and `#`"))
}

/// HMAC-SHA256 over the body (RFC 2104), as GitHub writes it.
fn signature(secret: &Secret, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
    let tag = hmac::sign(&key, body.as_bytes());
    tag.as_ref().iter().fold("sha256=".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::examples;

    fn options(format: Format, to: Option<&str>, secrets: &[(&str, &str)]) -> Options {
        let mut options = Options { name: "x".into(), format, to: to.map(str::to_owned), ..Options::default() };
        for (key, value) in secrets {
            options.secrets.set(key, Secret::new(*value));
        }
        options
    }

    fn check(options: &Options, expected: Result<(Method, &str), &str>) {
        let request = request(options, &examples::post());
        let found = request.as_ref().map(|posting| (posting.method, posting.url.as_str())).map_err(|fault| fault.key);
        assert_eq!(found, expected, "{options:?}");
        assert_eq!(faults(options).is_empty(), found.is_ok(), "{:?}", faults(options));
    }

    #[test]
    fn every_service_has_its_address() {
        let url = ("url", "https://hooks.example/a?b=c");
        let id = examples::post().id;
        check(&options(Format::Json, None, &[url]), Ok((Method::Post, "https://hooks.example/a?b=c")));
        check(&options(Format::Json, None, &[]), Err("url"));
        check(&options(Format::Json, None, &[("url", "ftp://x.org/")]), Err("url"));
        check(&options(Format::Json, None, &[("url", "hooks.example/a")]), Err("url"));
        check(&options(Format::Discord, None, &[url]), Ok((Method::Post, "https://hooks.example/a?b=c&wait=true")));
        let token = ("token", "123:AB-c_d\n");
        let telegram = "https://api.telegram.org/bot123:AB-c_d/sendMessage";
        check(&options(Format::Telegram, Some("-100123"), &[token]), Ok((Method::Post, telegram)));
        check(&options(Format::Telegram, Some("my chat"), &[token]), Err("to"));
        check(&options(Format::Telegram, None, &[token]), Err("to"));
        check(&options(Format::Telegram, Some("@news"), &[]), Err("token"));
        let home = ("url", "https://matrix.example/");
        let matrix =
            format!("https://matrix.example/_matrix/client/v3/rooms/%21abc%3Aexample.org/send/m.room.message/{id}");
        check(&options(Format::Matrix, Some("!abc:example.org"), &[home, token]), Ok((Method::Put, &matrix)));
        check(&options(Format::Matrix, Some("#news:example.org"), &[home, token]), Err("to"));
    }

    #[test]
    fn keys_that_say_the_same_twice_or_nothing_are_faults() {
        let url = [("url", "https://hooks.example/a")];
        let keys = |options: &Options| faults(options).iter().map(|fault| fault.key).collect::<Vec<_>>();
        let slack = options(Format::Slack, None, &url);
        assert_eq!(keys(&Options { body: Some("{summary}".into()), ..slack.clone() }), ["body"]);
        assert_eq!(keys(&Options { to: Some("#news".into()), ..slack.clone() }), ["to"]);
        assert_eq!(keys(&Options { content_type: Some("text/plain".into()), ..slack }), ["content_type"]);
        let own = options(Format::Json, None, &url);
        assert_eq!(keys(&Options { body: Some("{sumary}".into()), ..own }), ["body"]);
        // Somebody else tells that the file cannot be read.
        let unread = Options { secrets: [("url_file", "/nowhere")].into(), ..Options::default() };
        assert_eq!(keys(&unread), [""; 0]);
    }

    #[test]
    fn a_signature_is_the_hmac_of_the_body() {
        // RFC 4231, test case 2.
        let signed = signature(&Secret::new("Jefe"), "what do ya want for nothing?");
        assert_eq!(signed, "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn headers_carry_id_signature_and_what_a_person_sets() {
        let mut options = options(Format::Json, None, &[("url", "https://x.org/"), ("secret", "k"), ("token", "t")]);
        options.headers = [("x-api-key", "a"), ("authorization", "Basic b")]
            .map(|(name, value)| (name.to_owned(), Secret::new(value)))
            .into();
        let posting = request(&options, &examples::post()).unwrap();
        let names: Vec<&str> = posting.headers.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["Content-Type", "X-Sosik-Delivery", "X-Sosik-Signature-256", "authorization", "x-api-key"]);
        assert_eq!(posting.headers[1].1.expose(), examples::post().id);
    }
}
