//! What docs/channels.md and docs/notifications.md show is so: its configurations, its JSON, its way to verify a signature.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use sosik::notify::contract::Message;

use crate::given::{channel, configured, message};
use crate::support::python;
use crate::support::receiver::Receiver;

/// The blocks of a page that are written in a language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(page)).unwrap();
    let fence = format!("```{language}\n");
    page.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn every_configuration_can_be_used() {
    let folder = tempfile::tempdir().unwrap();
    let blocks = [blocks("channels.md", "toml"), blocks("notifications.md", "toml")].concat();
    assert!(blocks.len() >= 7, "{}", blocks.len());
    for toml in blocks {
        let config = configured(&toml, &folder.path().join("sosik.toml"), &|_| None);
        let config = config.unwrap_or_else(|error| panic!("{error}\n{toml}"));
        // The secrets of the page are on nobody's machine.
        let here =
            |text: &str| text.starts_with("the secret in /etc/sosik/") || text.starts_with("there is no program");
        assert!(config.unusable.iter().all(|problem| here(&problem.message)), "{:?}", config.unusable);
    }
}

#[test]
fn the_json_is_a_message() {
    let [json] = &blocks("notifications.md", "json")[..] else { panic!("one block of JSON") };
    let read: Message = serde_json::from_str(json).unwrap();
    // Nothing is shown that is not sent, and nothing is sent that is not shown.
    let shown: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), shown);
}

#[tokio::test]
async fn the_signature_is_verified_as_it_is_shown() {
    let [function] = &blocks("channels.md", "python")[..] else { panic!("one block of Python") };
    let receiver = Receiver::start();
    let toml = format!("[[notify.webhook]]\nname = \"x\"\nurl = \"{}\"\nsecret = \"열려라 참깨\"\n", receiver.url("/"));
    channel(&toml).notifier.tell(&message(1, 2)).await.unwrap();
    let got = receiver.got().pop().unwrap();
    let signature = got.header("x-sosik-signature-256").unwrap();
    for (secret, expected) in [("열려라 참깨", "True\n"), ("열려라 들깨", "False\n")] {
        let script = format!(
            "import sys\n{function}\nprint(is_from_sosik(sys.stdin.buffer.read(), sys.argv[1], sys.argv[2].encode()))"
        );
        let mut child = Command::new(python::interpreter())
            .args(["-c", &script, signature, secret])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(got.body.as_bytes()).unwrap();
        assert_eq!(String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap(), expected);
    }
}
