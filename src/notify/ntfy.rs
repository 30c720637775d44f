//! ntfy: a message as a push notification on a phone, by the JSON way of publishing (docs.ntfy.sh, "Publish as JSON").
//!
//! In JSON a title needs no header and so may be written in any script. The message's id goes along as `sequence_id`:
//! a server from 2.16 on shows what comes twice once; an older one ignores it.

use async_trait::async_trait;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::Url;

use super::contract::{Message, Notifier, Refusal};
use super::courier::Courier;
use super::settings::{KeyFault, Secrets, Settings};
use crate::model::posting::{Method, Posting};
use crate::model::secret::Secret;

/// Its secrets. A topic is one where the server lets everybody in: whoever knows it reads along.
const SECRETS: &[&str] = &["topic", "token", "password"];

/// Bytes of a message that the server takes as one; beyond 4,096 it makes a file of it.
const LONGEST_BODY: usize = 3000;

/// Letters of a title: more is not shown.
const LONGEST_TITLE: usize = 200;

/// The longest address that goes along: the whole JSON has twice the bytes of a message.
const LONGEST_CLICK: usize = 1000;

/// The `[[notify.ntfy]]` table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Options {
    /// What it is called.
    pub name: String,
    /// The server.
    pub server: Url,
    /// How urgent its messages are.
    pub priority: Priority,
    /// Words or emoji that go along.
    pub tags: Vec<String>,
    /// Who logs in, where `password` is set.
    pub user: Option<String>,
    /// The longest that a request may take.
    pub timeout: SignedDuration,
    /// `topic`, `token` and `password`, or where they are.
    #[serde(flatten)]
    pub secrets: Secrets,
}

/// How urgent a message is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// 1: no sound, below all others.
    Min,
    /// 2: no sound.
    Low,
    /// 3.
    #[default]
    Default,
    /// 4: long vibration.
    High,
    /// 5: also where the phone is silent.
    Max,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            name: String::new(),
            server: Url::parse("https://ntfy.sh").expect("a URL of ours"),
            priority: Priority::default(),
            tags: Vec::new(),
            user: None,
            timeout: SignedDuration::from_secs(10),
            secrets: Secrets::default(),
        }
    }
}

impl Settings for Options {
    fn name(&self) -> &str {
        &self.name
    }

    fn secrets(&self) -> Option<(&'static [&'static str], &Secrets)> {
        Some((SECRETS, &self.secrets))
    }

    fn secrets_mut(&mut self) -> Option<(&'static [&'static str], &mut Secrets)> {
        Some((SECRETS, &mut self.secrets))
    }

    fn faults(&self) -> Vec<KeyFault> {
        let mut faults = Vec::new();
        match self.secrets.get("topic") {
            Some(topic) if !is_topic(topic.expose().trim()) => faults.push(KeyFault::new(
                "topic",
                "the topic has a character that no topic has",
                "a topic is made of up to 64 letters, digits, `-` and `_`",
            )),
            Some(_) => {}
            None if self.secrets.mention("topic") => {}
            None => faults.push(KeyFault::missing("topic", "it says where the messages go")),
        }
        if self.secrets.mention("token") && self.secrets.mention("password") {
            let message = "\"token\" and \"password\" are two ways to log in";
            faults.push(KeyFault::new("token", message, "keep one of the two"));
        }
        if self.user.is_some() != self.secrets.mention("password") {
            let message = "\"user\" and \"password\" belong together";
            faults.push(KeyFault::new("user", message, "write both, or neither; a `token` needs no user"));
        }
        faults
    }
}

/// The grammar of the server: `^[-_A-Za-z0-9]{1,64}$`.
fn is_topic(topic: &str) -> bool {
    (1..=64).contains(&topic.len())
        && topic.bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b'-' || letter == b'_')
}

/// A topic that is open.
pub struct Ntfy {
    options: Options,
    courier: Courier,
}

impl Ntfy {
    /// The topic of these options, which have no faults.
    pub fn new(options: &Options, courier: &Courier) -> Self {
        Self { options: options.clone(), courier: courier.clone() }
    }
}

#[async_trait]
impl Notifier for Ntfy {
    async fn tell(&self, message: &Message) -> Result<(), Refusal> {
        self.courier.bring(request(&self.options, message), &self.options.secrets.known(SECRETS)).await
    }
}

fn request(options: &Options, message: &Message) -> Posting {
    let notice = &message.notice;
    let priority = match options.priority {
        Priority::Min => 1,
        Priority::Low => 2,
        Priority::Default => 3,
        Priority::High => 4,
        Priority::Max => 5,
    };
    let topic = options.secrets.get("topic").map(Secret::expose).unwrap_or_default();
    let mut body = json!({
        "topic": topic.trim(),
        "title": super::text::cut(&notice.summary, LONGEST_TITLE),
        "message": within(&notice.body, LONGEST_BODY),
        "priority": priority,
        "tags": options.tags,
        "sequence_id": message.id,
    });
    if let Some(link) = notice.link.as_deref().filter(|link| link.len() <= LONGEST_CLICK) {
        body["click"] = link.into();
    }
    let secret = |name: &str| options.secrets.get(name).map(|secret| secret.expose().trim());
    let login = match (secret("token"), &options.user, secret("password")) {
        (Some(token), _, _) => Some(format!("Bearer {token}")),
        (None, Some(user), Some(password)) => {
            Some(format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{password}"))))
        }
        (None, _, _) => None,
    };
    let mut headers = vec![
        ("Content-Type".to_owned(), Secret::new("application/json")),
        ("X-Sosik-Delivery".to_owned(), Secret::new(&message.id)),
    ];
    headers.extend(login.map(|login| ("Authorization".to_owned(), Secret::new(login))));
    Posting {
        method: Method::Post,
        url: options.server.clone(),
        headers,
        body: body.to_string(),
        timeout: options.timeout,
    }
}

/// The whole lines of a text that have room in so many bytes; of a longer first line its beginning.
fn within(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(most - "…".len());
    let end = text[..end].rfind('\n').unwrap_or(end);
    format!("{}…", &text[..end])
}

#[cfg(test)]
mod tests {
    use super::super::examples::{ID, digest, failure, post};
    use super::*;
    use serde_json::Value;

    fn options(secrets: &[(&str, &str)]) -> Options {
        let mut options = Options::default();
        for (key, value) in secrets {
            options.secrets.set(key, Secret::new(*value));
        }
        options
    }

    fn body(options: &Options, message: &Message) -> Value {
        serde_json::from_str(&request(options, message).body).unwrap()
    }

    #[test]
    fn a_message_is_json_with_a_title_in_any_script() {
        let options =
            Options { priority: Priority::Low, tags: vec!["newspaper".into()], ..options(&[("topic", "t1")]) };
        let digest = body(&options, &digest(2));
        assert_eq!(digest["title"], "2 new posts · 느린 <개발자>");
        assert_eq!(digest["message"], "• 글 1\n• 글 2\n… and more");
        assert_eq!(
            (&digest["topic"], &digest["priority"], &digest["sequence_id"]),
            (&"t1".into(), &2.into(), &ID.into())
        );
        assert_eq!(digest["click"], Value::Null);
        assert_eq!(body(&options, &post())["click"], "https://slow.example/136?a=1&b=(2)");
        let mut long = failure();
        long.notice.body = "한 줄\n".repeat(2000);
        let long = body(&options, &long)["message"].as_str().unwrap().to_owned();
        assert!(long.len() <= LONGEST_BODY && long.ends_with("한 줄…"), "{}", long.len());
    }

    #[test]
    fn whoever_logs_in_does_so_by_token_or_by_password() {
        let login = |options: &Options| {
            let headers = request(options, &post()).headers;
            headers.iter().find(|(name, _)| name == "Authorization").map(|(_, value)| value.expose().to_owned())
        };
        assert_eq!(login(&options(&[("topic", "t")])), None);
        assert_eq!(login(&options(&[("topic", "t"), ("token", "tk_1\n")])).as_deref(), Some("Bearer tk_1"));
        let user = Options { user: Some("phil".into()), ..options(&[("topic", "t"), ("password", "mypass")]) };
        assert_eq!(login(&user).as_deref(), Some("Basic cGhpbDpteXBhc3M="));
    }

    #[test]
    fn what_the_keys_cannot_mean_is_told() {
        let keys = |options: &Options| options.faults().iter().map(|fault| fault.key).collect::<Vec<_>>();
        assert_eq!(keys(&options(&[("topic", "t")])), [""; 0]);
        assert_eq!(keys(&options(&[])), ["topic"]);
        assert_eq!(keys(&options(&[("topic", "a/b")])), ["topic"]);
        assert_eq!(keys(&options(&[("topic", "t"), ("password", "p")])), ["user"]);
        let both = Options { user: Some("u".into()), ..options(&[("topic", "t"), ("token", "a"), ("password", "p")]) };
        assert_eq!(keys(&both), ["token"]);
        assert_eq!(keys(&Options { secrets: [("topic_file", "/t")].into(), ..Options::default() }), [""; 0]);
    }
}
