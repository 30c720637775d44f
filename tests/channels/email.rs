//! Mail to a real SMTP server, over every kind of connection.

use crate::given::{channel, message};
use crate::support::mail::{MailServer, authority};

fn mailbox(server: &MailServer, keys: &str) -> sosik::notify::Channel {
    channel(&format!(
        "[[notify.email]]\nname = \"mail\"\nserver = \"127.0.0.1\"\nport = {}\nfrom = \"소식 <sosik@example.org>\"\n\
         to = [\"me@example.org\", \"You <you@example.com>\"]\n{keys}\n",
        server.port
    ))
}

#[tokio::test]
async fn a_digest_is_one_mail_in_text_and_html() {
    let server = MailServer::start("none", None);
    let channel = mailbox(&server, "tls = \"none\"");
    channel.notifier.tell(&message(5, 30)).await.unwrap();
    let mail = server.next();
    assert_eq!(mail["from"], "sosik@example.org");
    assert_eq!(mail["to"], serde_json::json!(["me@example.org", "you@example.com"]));
    let header = |name: &str| mail["headers"][name].as_str().unwrap_or_default().to_owned();
    assert_eq!(header("subject"), "30 new posts");
    assert_eq!(header("from"), "소식 <sosik@example.org>");
    assert_eq!(header("message-id"), format!("<{:032x}@example.org>", 5));
    assert_eq!(header("auto-submitted"), "auto-generated");
    assert_eq!(header("list-id"), "<slow.sosik.example.org>");
    assert!(!header("date").is_empty());
    assert_eq!(mail["defects"], serde_json::json!([]));
    let (text, html) = (mail["text"].as_str().unwrap(), mail["html"].as_str().unwrap());
    assert_eq!(text.matches("https://slow.example/").count(), 30);
    assert!(text.contains("글 <30> & \"끝\""), "{text}");
    assert_eq!(html.matches("<a href=\"https://slow.example/").count(), 30);
    assert!(html.contains("글 &#60;30&#62; &#38; &#34;끝&#34;"), "{html}");
    // Once more under the same id, as after a crash.
    channel.notifier.tell(&message(5, 30)).await.unwrap();
    assert_eq!(server.next()["headers"]["message-id"], mail["headers"]["message-id"]);
}

#[tokio::test]
async fn the_connection_is_encrypted_and_the_password_right() {
    for tls in ["tls", "starttls"] {
        let server = MailServer::start(tls, Some(("me", "p4ss word")));
        let trusted = format!("tls = \"{tls}\"\nca_file = \"{}\"\nuser = \"me\"\n", authority().display());
        mailbox(&server, &format!("{trusted}password = \"p4ss word\"")).notifier.tell(&message(1, 1)).await.unwrap();
        let mail = server.next();
        assert_eq!((&mail["encrypted"], &mail["login"]), (&true.into(), &true.into()), "{tls}");
        assert_eq!(mail["headers"]["subject"], "글 <1> & \"끝\"");
        let wrong = mailbox(&server, &format!("{trusted}password = \"wr0ng\"")).notifier.tell(&message(1, 1)).await;
        let wrong = wrong.unwrap_err();
        assert!(wrong.lasting && wrong.help.contains("`password`") && !wrong.message.contains("wr0ng"), "{wrong:?}");
        // Whom nobody vouches for gets no password.
        let strange = format!("tls = \"{tls}\"\nuser = \"me\"\npassword = \"p4ss word\"");
        let strange = mailbox(&server, &strange).notifier.tell(&message(1, 1)).await.unwrap_err();
        assert!(!strange.lasting && strange.help.contains("ca_file"), "{strange:?}");
    }
}

#[tokio::test]
async fn a_server_without_starttls_gets_nothing() {
    let server = MailServer::start("none", None);
    let refusal = mailbox(&server, "tls = \"starttls\"").notifier.tell(&message(1, 1)).await.unwrap_err();
    assert!(refusal.help.contains("`tls`"), "{refusal:?}");
}

#[tokio::test]
async fn what_the_server_says_decides_whether_it_is_tried_again() {
    let mut server = MailServer::start("none", None);
    server.replies(&["451 greylisted, come back later", "554 no spam please", "hang"]);
    let channel = mailbox(&server, "tls = \"none\"\ntimeout = \"2s\"");
    let later = channel.notifier.tell(&message(1, 1)).await.unwrap_err();
    assert!(!later.lasting && later.message.contains("greylisted, come back later"), "{later:?}");
    let never = channel.notifier.tell(&message(1, 1)).await.unwrap_err();
    assert!(never.lasting && never.message.contains("no spam please"), "{never:?}");
    let slow = channel.notifier.tell(&message(1, 1)).await.unwrap_err();
    assert!(!slow.lasting, "{slow:?}");
    channel.notifier.tell(&message(1, 1)).await.unwrap();
    let ids: Vec<_> = (0..4).map(|_| server.next()["headers"]["message-id"].clone()).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    drop(server);
    let gone = channel.notifier.tell(&message(1, 1)).await.unwrap_err();
    assert!(!gone.lasting && gone.help.contains("`port`"), "{gone:?}");
}
