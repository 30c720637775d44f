//! What brings a channel's request to its server, and what the answer means.
//!
//! This room speaks no HTTP: whoever opens the channels hands a way to send in, and the notifier hands a [`Posting`] to
//! it. Taken is what the server says so of (2xx). 408, 425, 429 and 5xx pass by themselves; any other status is about
//! the request, and the same request would get it again.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::Value;

use super::contract::Refusal;
use crate::model::posting::{Answer, Posting, Unsent};
use crate::model::secret::Secret;

/// What a request comes to, later.
pub type Sending = Pin<Box<dyn Future<Output = Result<Answer, Unsent>> + Send>>;

/// Letters of an answer that are shown.
const SHOWN: usize = 200;

/// No server is left alone for longer because of what it says.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(24);

/// A way to send, shared by all channels.
#[derive(Clone)]
pub struct Courier(Arc<dyn Fn(Posting) -> Sending + Send + Sync>);

impl Courier {
    /// A courier that sends so.
    pub fn new(send: impl Fn(Posting) -> Sending + Send + Sync + 'static) -> Self {
        Self(Arc::new(send))
    }

    /// Brings it. What the server says back is told without any of `secrets`.
    pub(super) async fn bring(&self, posting: Posting, secrets: &[&Secret]) -> Result<(), Refusal> {
        let host = posting.url.host_str().unwrap_or_default().to_owned();
        match (self.0)(posting).await {
            Ok(answer) => judge(&host, &answer, secrets),
            Err(Unsent { message, help, lasting }) => {
                Err(Refusal { message: covered(&message, secrets), help, lasting, retry_after: None })
            }
        }
    }
}

fn covered(text: &str, secrets: &[&Secret]) -> String {
    secrets.iter().fold(text.to_owned(), |text, secret| secret.cover(&text))
}

fn judge(host: &str, answer: &Answer, secrets: &[&Secret]) -> Result<(), Refusal> {
    let status = answer.status;
    if (200..300).contains(&status) {
        return Ok(());
    }
    let said = said(&answer.body);
    let message = if said.is_empty() {
        format!("{host} answers {status}")
    } else {
        format!("{host} answers {status}: {}", covered(&said, secrets))
    };
    let passes = matches!(status, 408 | 425 | 429 | 500..=599);
    if !passes {
        return Err(Refusal::lasting(message, help(status)));
    }
    Err(Refusal::passing(message, help(status)).after(answer.retry_after.or_else(|| asked_wait(&answer.body))))
}

fn help(status: u16) -> &'static str {
    match status {
        300..=399 => {
            "write the URL where it ends: what is sent goes to no other address than the one that is configured"
        }
        400 | 413 | 422 => "the server does not understand the message; see `body`, `format` and `to` of the channel",
        401 | 403 => "see whether the token or password of the channel is right and may write there",
        404 | 405 | 410 => "see whether the channel's URL is spelled right and still exists there",
        429 => "the server takes no more for now; it is tried again when it wishes",
        _ => "the server has trouble of its own; it is tried again",
    }
}

/// The first line of an answer that says something, short and without anything that moves a cursor. Of JSON the words
/// that services put their reason in.
fn said(body: &str) -> String {
    let reason = serde_json::from_str::<Value>(body).ok().and_then(|json| {
        let words = ["description", "message", "error", "errors"];
        words.iter().find_map(|word| json.get(word)?.as_str().map(str::to_owned))
    });
    let text = reason.unwrap_or_else(|| body.trim_start().lines().next().unwrap_or_default().to_owned());
    // Markup is an error page: its status says as much.
    if text.starts_with('<') {
        return String::new();
    }
    text.chars().filter(|letter| !letter.is_control()).take(SHOWN).collect::<String>().trim().to_owned()
}

/// The wait that services write into their JSON: Discord and others in seconds, Matrix in milliseconds, Telegram among
/// its parameters.
fn asked_wait(body: &str) -> Option<SignedDuration> {
    let json: Value = serde_json::from_str(body).ok()?;
    let seconds = |value: &Value| value.as_f64();
    let wait = (json.get("retry_after").and_then(seconds))
        .or_else(|| json.get("parameters")?.get("retry_after").and_then(seconds))
        .or_else(|| Some(json.get("retry_after_ms")?.as_f64()? / 1000.0))?;
    let wait = SignedDuration::try_from_secs_f64(wait).ok().filter(SignedDuration::is_positive)?;
    Some(wait.min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: u16, body: &str, expected: Result<(), (&str, bool, Option<f64>)>) {
        let secret = Secret::new("s3cret");
        let answer = Answer { status, retry_after: None, body: body.to_owned() };
        let judged = judge("x.org", &answer, &[&secret])
            .map_err(|refusal| (refusal.message, refusal.lasting, refusal.retry_after.map(|wait| wait.as_secs_f64())));
        assert_eq!(
            judged,
            expected.map_err(|(message, lasting, wait)| (message.to_owned(), lasting, wait)),
            "{status}"
        );
    }

    #[test]
    fn a_status_tells_whether_another_try_helps() {
        check(200, "ok", Ok(()));
        check(204, "", Ok(()));
        check(302, "", Err(("x.org answers 302", true, None)));
        check(400, "invalid_payload\nmore", Err(("x.org answers 400: invalid_payload", true, None)));
        check(404, "<html>no</html>", Err(("x.org answers 404", true, None)));
        check(500, "", Err(("x.org answers 500", false, None)));
        check(408, "\u{1b}[2Jslow", Err(("x.org answers 408: [2Jslow", false, None)));
        check(403, "no bot s3cret here", Err(("x.org answers 403: no bot … here", true, None)));
    }

    #[test]
    fn services_write_their_wishes_into_json() {
        let telegram = r#"{"ok":false,"description":"Too Many Requests","parameters":{"retry_after":5}}"#;
        check(429, telegram, Err(("x.org answers 429: Too Many Requests", false, Some(5.0))));
        let discord = r#"{"message":"You are being rate limited.","retry_after":0.5,"global":false}"#;
        check(429, discord, Err(("x.org answers 429: You are being rate limited.", false, Some(0.5))));
        let matrix = r#"{"errcode":"M_LIMIT_EXCEEDED","error":"Too many","retry_after_ms":2500}"#;
        check(429, matrix, Err(("x.org answers 429: Too many", false, Some(2.5))));
        check(429, r#"{"retry_after":1e99}"#, Err((r#"x.org answers 429: {"retry_after":1e99}"#, false, None)));
        check(429, r#"{"error":"x","retry_after":1e9}"#, Err(("x.org answers 429: x", false, Some(86_400.0))));
    }
}
