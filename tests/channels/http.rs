//! Webhooks and ntfy: the request, and what every kind of answer means.

use jiff::SignedDuration;
use serde_json::json;
use sosik::notify::contract::{Message, Refusal};

use crate::given::{channel, message};
use crate::support::receiver::{Receiver, Reply};

fn webhook(receiver: &Receiver, keys: &str) -> sosik::notify::Channel {
    channel(&format!("[[notify.webhook]]\nname = \"team\"\nurl = \"{}\"\n{keys}\n", receiver.url("/hook?room=1")))
}

async fn refusal(receiver: &Receiver, keys: &str) -> Refusal {
    webhook(receiver, keys).notifier.tell(&message(1, 1)).await.unwrap_err()
}

#[tokio::test]
async fn a_webhook_gets_the_message_as_json() {
    let receiver = Receiver::start();
    let channel = webhook(&receiver, "headers = { X-Api-Key = \"k\" }\ntoken = \"t0k\"");
    for told in [message(1, 1), message(2, 3)] {
        channel.notifier.tell(&told).await.unwrap();
        let got = receiver.got().pop().unwrap();
        assert_eq!((got.method.as_str(), got.target.as_str()), ("POST", "/hook?room=1"));
        assert_eq!(serde_json::from_str::<Message>(&got.body).unwrap(), told);
        for (name, value) in [
            ("content-type", "application/json"),
            ("x-sosik-delivery", &told.id),
            ("x-api-key", "k"),
            ("authorization", "Bearer t0k"),
        ] {
            assert_eq!(got.header(name), Some(value), "{name}");
        }
    }
    let agent = receiver.got()[0].header("user-agent").map(str::to_owned).unwrap();
    assert!(agent.starts_with("sosik/"), "{agent}");
}

#[tokio::test]
async fn a_body_of_ones_own_goes_as_it_is_written() {
    let receiver = Receiver::start();
    let body = "content_type = \"application/json\"\nmethod = \"PUT\"\nbody = '{\"to\":{\"text\":\"{title} {url}\"}}'";
    webhook(&receiver, body).notifier.tell(&message(1, 1)).await.unwrap();
    let got = receiver.got().pop().unwrap();
    assert_eq!(got.method, "PUT");
    assert_eq!(got.json(), json!({ "to": { "text": "글 <1> & \"끝\" https://slow.example/1" } }));
}

#[tokio::test]
async fn chats_get_what_they_take() {
    let receiver = Receiver::start();
    for format in ["slack", "discord", "mattermost"] {
        webhook(&receiver, &format!("format = \"{format}\"")).notifier.tell(&message(1, 2)).await.unwrap();
        let got = receiver.got().pop().unwrap();
        let text = got.json()[if format == "discord" { "content" } else { "text" }].as_str().unwrap().to_owned();
        assert_eq!(text.lines().count(), 3, "{format}: {text}");
        assert!(text.contains("https://slow.example/2") && !text.contains("<2>"), "{format}: {text}");
    }
    webhook(&receiver, "format = \"telegram\"\ntoken = \"1:a\"\nto = \"@news\"")
        .notifier
        .tell(&message(1, 1))
        .await
        .unwrap();
    let got = receiver.got().pop().unwrap();
    assert_eq!(got.target, "/hook?room=1/bot1:a/sendMessage");
}

#[tokio::test]
async fn a_homeserver_is_told_under_the_messages_id() {
    let receiver = Receiver::start();
    let toml = format!(
        "[[notify.webhook]]\nname = \"room\"\nformat = \"matrix\"\nurl = \"{}\"\ntoken = \"t\"\nto = \"!r:example.org\"\n",
        receiver.url("/")
    );
    let channel = channel(&toml);
    receiver.next([Reply::status(429, r#"{"errcode":"M_LIMIT_EXCEEDED","error":"slow down","retry_after_ms":1500}"#)]);
    let refusal = channel.notifier.tell(&message(7, 1)).await.unwrap_err();
    assert_eq!(refusal.message, "127.0.0.1 answers 429: slow down");
    assert_eq!((refusal.lasting, refusal.retry_after), (false, Some(SignedDuration::from_millis(1500))));
    channel.notifier.tell(&message(7, 1)).await.unwrap();
    let got = receiver.got();
    // The homeserver takes a transaction once, however often it comes.
    let path = format!("/_matrix/client/v3/rooms/%21r%3Aexample.org/send/m.room.message/{:032x}", 7);
    assert!(got.iter().all(|got| got.method == "PUT" && got.target == path), "{got:#?}");
    assert_eq!((got[0].header("authorization"), &got[0].body), (Some("Bearer t"), &got[1].body));
}

#[tokio::test]
async fn ntfy_gets_a_title_in_any_script() {
    let receiver = Receiver::start();
    let toml = format!(
        "[[notify.ntfy]]\nname = \"phone\"\nserver = \"{}\"\ntopic = \"news\"\npriority = \"high\"\n\
         tags = [\"newspaper\"]\nuser = \"phil\"\npassword = \"pass\"\n",
        receiver.url("")
    );
    channel(&toml).notifier.tell(&message(3, 1)).await.unwrap();
    let got = receiver.got().pop().unwrap();
    assert_eq!((got.method.as_str(), got.target.as_str()), ("POST", "/"));
    assert_eq!(got.header("authorization"), Some("Basic cGhpbDpwYXNz"));
    let expected = json!({
        "topic": "news", "title": "글 <1> & \"끝\"", "message": "Big Data/Kafka · 느린 개발자의 <기록>", "priority": 4,
        "tags": ["newspaper"], "click": "https://slow.example/1", "sequence_id": format!("{:032x}", 3),
    });
    assert_eq!(got.json(), expected);
}

#[tokio::test]
async fn what_passes_is_tried_again_and_what_stays_is_not() {
    let receiver = Receiver::start();
    let minute = Some(SignedDuration::from_secs(60));
    for (reply, lasting, wait, message) in [
        (Reply::status(500, ""), false, None, "127.0.0.1 answers 500"),
        (Reply::status(503, "busy").with("retry-after", "60"), false, minute, "127.0.0.1 answers 503: busy"),
        (Reply::status(429, "").with("retry-after", "60"), false, minute, "127.0.0.1 answers 429"),
        (Reply::status(400, "invalid_payload"), true, None, "127.0.0.1 answers 400: invalid_payload"),
        (Reply::status(401, ""), true, None, "127.0.0.1 answers 401"),
        (Reply::status(410, "<h1>Gone</h1>"), true, None, "127.0.0.1 answers 410"),
    ] {
        receiver.next([reply]);
        let refusal = refusal(&receiver, "").await;
        assert_eq!((refusal.message.as_str(), refusal.lasting, refusal.retry_after), (message, lasting, wait));
        assert!(!refusal.help.is_empty());
    }
    let ids: Vec<_> = receiver.got().iter().map(|got| got.header("x-sosik-delivery").map(str::to_owned)).collect();
    assert!(ids.iter().all(|id| *id == Some(format!("{:032x}", 1))), "the same over all tries: {ids:?}");
}

#[tokio::test]
async fn silence_and_cuts_and_closed_ports_pass() {
    let receiver = Receiver::start();
    receiver.next([Reply::Silence]);
    let silent = refusal(&receiver, "timeout = \"300ms\"").await;
    assert!(silent.message.contains("took longer than 300ms") && !silent.lasting, "{silent:?}");
    assert!(silent.help.contains("`timeout` of the channel"), "{silent:?}");
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let toml = format!("[[notify.webhook]]\nname = \"team\"\nurl = \"http://{closed}/s3cret\"\n");
    let refused = channel(&toml).notifier.tell(&message(1, 1)).await.unwrap_err();
    assert!(refused.message.starts_with(&format!("{closed} does not take connections")), "{refused:?}");
    assert!(!refused.lasting && !format!("{refused:?}").contains("s3cret"), "{refused:?}");
}

#[tokio::test]
async fn nothing_follows_a_redirect_or_asks_a_clouds_secrets() {
    let receiver = Receiver::start();
    let elsewhere = Receiver::start();
    receiver.next([Reply::status(307, "").with("location", &elsewhere.url("/"))]);
    let redirected = refusal(&receiver, "token = \"t0k\"").await;
    assert!(redirected.lasting && redirected.help.contains("where it ends"), "{redirected:?}");
    assert_eq!(elsewhere.got().len(), 0);
    let metadata = channel("[[notify.webhook]]\nname = \"x\"\nurl = \"http://169.254.169.254/latest\"\n");
    let refusal = metadata.notifier.tell(&message(1, 1)).await.unwrap_err();
    assert!(refusal.lasting && refusal.message.contains("169.254.169.254"), "{refusal:?}");
}
