//! No secret is ever in a log, an error or a debugging print, whatever happens.

use std::io::Write;
use std::sync::{Arc, Mutex};

use tracing_subscriber::fmt::MakeWriter;

use crate::given::{channel, message};
use crate::support::mail::{MailServer, authority};
use crate::support::receiver::{Receiver, Reply};

/// All that was logged.
#[derive(Clone, Default)]
struct Logged(Arc<Mutex<Vec<u8>>>);

impl Write for Logged {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Logged {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[test]
fn nothing_that_is_logged_at_any_level_holds_a_secret() {
    let logged = Logged::default();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(logged.clone()).finish();
    let receiver = Receiver::start();
    let server = MailServer::start("starttls", Some(("me", "s3cret-word")));
    let (url, ca) = (receiver.url("/T0/s3cret-path?key=s3cret-query"), authority());
    let webhook = |keys: &str| format!("[[notify.webhook]]\nname = \"x\"\nurl = \"{url}\"\n{keys}\n");
    let mailbox = |password: &str| {
        format!(
            "[[notify.email]]\nname = \"x\"\nserver = \"127.0.0.1\"\nport = {}\ntls = \"starttls\"\nca_file = \"{}\"\n\
             user = \"me\"\npassword = \"{password}\"\nfrom = \"a@example.org\"\nto = [\"b@example.org\"]\n",
            server.port,
            ca.display()
        )
    };
    let channels = [
        webhook("format = \"slack\""),
        webhook("secret = \"s3cret-key\"\nheaders = { Authorization = \"Basic s3cret-basic\" }"),
        webhook("format = \"discord\"\ntoken = \"s3cret-token\""),
        format!(
            "[[notify.webhook]]\nname = \"x\"\nformat = \"telegram\"\nurl = \"{}\"\ntoken = \"1:s3cret-bot\"\nto = \"1\"\n",
            receiver.url("")
        ),
        format!(
            "[[notify.ntfy]]\nname = \"x\"\nserver = \"{}\"\ntopic = \"s3cret-topic\"\nuser = \"u\"\npassword = \"s3cret-p\"\n",
            receiver.url("")
        ),
        mailbox("s3cret-word"),
        mailbox("s3cret-wrong"),
    ];
    let mut refusals = Vec::new();
    tracing::subscriber::with_default(subscriber, || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            for toml in &channels {
                let channel = channel(toml);
                for reply in [
                    Reply::status(200, "ok"),
                    Reply::status(
                        404,
                        "no such hook: /T0/s3cret-path 1:s3cret-bot s3cret-topic s3cret-token s3cret-key",
                    ),
                    Reply::status(302, "").with("location", "/s3cret-path/elsewhere"),
                    Reply::Cut,
                ] {
                    receiver.next([reply]);
                    refusals.extend(channel.notifier.tell(&message(1, 1)).await.err());
                }
            }
        });
    });
    let logged = String::from_utf8(logged.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("answered to what was sent"), "the log was listened to:\n{logged}");
    let lines: Vec<&str> = logged.lines().filter(|line| line.contains("s3cret")).collect();
    assert!(lines.is_empty(), "{lines:#?}");
    assert!(refusals.len() >= 10, "{refusals:#?}");
    // What a server repeats of somebody else's is not ours to know; each channel covers its own.
    for refusal in &refusals {
        assert!(!format!("{refusal:?}").contains("s3cret-query"), "{refusal:?}");
    }
}
