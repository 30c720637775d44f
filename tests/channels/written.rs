//! Channels as a person writes them: secrets from everywhere, and what is said of mistakes.

use std::path::Path;

use sosik::config::{ConfigError, Problem};

use crate::given::{channels, configured, message};
use crate::support::receiver::Receiver;

const WEBHOOK: &str = "[[notify.webhook]]\nname = \"team\"\nurl = \"http://127.0.0.1:9/\"\n";

fn told(problems: &[Problem]) -> Vec<(Option<u32>, &str)> {
    problems.iter().map(|problem| (problem.line, problem.message.as_str())).collect()
}

fn check(toml: &str, expected: &[(u32, &str)]) {
    let error: ConfigError = configured(toml, Path::new("/blogs/sosik.toml"), &|_| None).expect_err(toml);
    // Two lines of [notify.desktop] stand before it.
    let expected: Vec<_> = expected.iter().map(|(line, message)| (Some(line + 2), *message)).collect();
    assert_eq!(told(&error.problems), expected, "{toml}");
    assert!(error.problems.iter().all(|problem| !problem.help.is_empty() && !problem.to_string().contains("s3cret")));
}

#[test]
fn mistakes_are_told_with_their_lines_and_without_secrets() {
    check("[[notify.webhook]]\nname = \"team\"\n", &[(1, "there is no \"url\": it says where the messages go")]);
    check(
        "[[notify.webhook]]\nname = \"My team\"\nurl = \"http://x.org\"\n",
        &[(2, "\"My team\" is no name of a channel")],
    );
    check("[[notify.webhook]]\nname = \"team\"\nurl = [\"s3cret\"]\n", &[(3, "\"url\" wants a secret, found a list")]);
    check("[[notify.webhook]]\nname = \"team\"\nurl = \"s3cret\"\n", &[(3, "the channel's URL is none")]);
    check(
        &format!("{WEBHOOK}token = \"s3cret\"\ntoken_file = \"x\"\n"),
        &[(5, "\"token\" and \"token_file\" both say what the token is")],
    );
    check(&format!("{WEBHOOK}format = \"slak\"\n"), &[(4, "\"format\" does not know \"slak\"")]);
    check(
        &format!("{WEBHOOK}body = \"{{titel}}\"\n"),
        &[(4, "\"body\" has a placeholder {titel} that stands for nothing")],
    );
    check(&format!("{WEBHOOK}timeout = \"2m\"\n"), &[(4, "\"timeout\" is too long: \"2m\"")]);
    check(&format!("{WEBHOOK}{WEBHOOK}"), &[(5, "the name \"team\" is taken by the channel in line 4")]);
    check(&WEBHOOK.replace("team", "desktop"), &[(2, "the name \"desktop\" is taken")]);
    check("[[notify.command]]\nname = \"x\"\nargv = []\n", &[(3, "\"argv\" names no program")]);
    check(
        "[[notify.email]]\nname = \"x\"\nserver = \"mail.example.org\"\nfrom = \"me\"\nto = [\"a@b.c\", \"\"]\n",
        &[(5, "\"to\" holds an empty text")],
    );
    check(
        "[[notify.email]]\nname = \"x\"\nserver = \"mail.example.org\"\nfrom = \"me\"\nto = [\"a@b.c\"]\ntls = \"none\"\n\
         user = \"u\"\npassword = \"s3cret\"\n",
        &[
            (4, "\"me\" is no address of a mailbox"),
            (6, "the password would go to another machine for everybody in between to read"),
        ],
    );
    check("[[notify.ntfy]]\nname = \"x\"\ntopic = \"a b\"\n", &[(3, "the topic has a character that no topic has")]);
    check(
        "[notify.webhook]\nname = \"x\"\n",
        &[(1, "there can be many of [[notify.webhook]], and this is written as one")],
    );
}

#[tokio::test]
async fn a_secret_comes_from_a_file_the_environment_or_the_service_manager() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sosik.toml");
    std::fs::write(folder.path().join("token"), "s3cret\r\n").unwrap();
    let receiver = Receiver::start();
    for key in ["token_file = \"token\"", "token_env = \"TEAM_TOKEN\"", "token_credential = \"token\""] {
        let toml = format!("[[notify.webhook]]\nname = \"team\"\nurl = \"{}\"\n{key}\n", receiver.url("/"));
        let env = |name: &str| match name {
            "TEAM_TOKEN" => Some("s3cret".to_owned()),
            "CREDENTIALS_DIRECTORY" => Some(folder.path().display().to_string()),
            _ => None,
        };
        let config = configured(&toml, &file, &env).unwrap();
        assert_eq!((&config.unusable, &config.warnings), (&vec![], &vec![]));
        assert!(!format!("{config:?}").contains("s3cret"));
        channels(&config)[0].notifier.tell(&message(1, 1)).await.unwrap();
        assert_eq!(receiver.got().pop().unwrap().header("authorization"), Some("Bearer s3cret"), "{key}");
        // Elsewhere the same configuration is read, and only who tells people minds.
        std::fs::rename(folder.path().join("token"), folder.path().join("away")).unwrap();
        let without = configured(&toml, &file, &|_| None).unwrap();
        std::fs::rename(folder.path().join("away"), folder.path().join("token")).unwrap();
        assert_eq!((without.unusable.len(), without.unusable[0].line), (1, Some(6)), "{:?}", without.unusable);
        let refusal = channels(&without)[0].notifier.tell(&message(1, 1)).await.unwrap_err();
        assert_eq!(refusal.message, "the channel \"team\" cannot be used: its token cannot be read");
        assert_ne!(config.notify, without.notify, "a secret that changed is another configuration");
    }
}

#[test]
fn what_a_channel_needs_is_looked_for_before_it_is_needed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sosik.toml");
    std::fs::write(folder.path().join("empty"), "\n").unwrap();
    let path = |name: &str| (name == "PATH").then(|| "/usr/bin:/bin".to_owned());
    let unusable = |toml: &str| {
        let config = configured(toml, &file, &path).unwrap_or_else(|error| panic!("{error}"));
        config.unusable.iter().map(|problem| problem.message.clone()).collect::<Vec<_>>().join("\n")
    };
    let command = |program: &str| unusable(&format!("[[notify.command]]\nname = \"x\"\nargv = [\"{program}\"]\n"));
    assert_eq!([command("sh"), command("/bin/sh")], ["", ""]);
    assert_eq!(command("no-such-program"), "there is no program no-such-program that this user may start");
    let beside = folder.path().join("on-news").display().to_string();
    assert_eq!(command("./on-news"), format!("there is no program {beside} that this user may start"));
    let token = |key: &str| unusable(&format!("{WEBHOOK}{key}\n"));
    assert!(token("token_file = \"empty\"").ends_with("/empty is empty"), "{}", token("token_file = \"empty\""));
    assert!(token("token_file = \".\"").ends_with("is no file"));
    assert_eq!(token("token_env = \"NOT_SET\""), "the variable NOT_SET is not set here");
    assert!(token("token_credential = \"token\"").contains("$CREDENTIALS_DIRECTORY is not set"));
    assert!(unusable("[[notify.log]]\nname = \"x\"\nfile = \"no/folder/news.jsonl\"\n").contains("cannot be written"));
    assert_eq!(unusable("[[notify.log]]\nname = \"x\"\nfile = \"news.jsonl\"\n"), "");
}

#[test]
fn a_secret_that_everybody_can_read_is_odd() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sosik.toml");
    let toml = format!("{WEBHOOK}token = \"s3cret\"\n");
    for (mode, odd) in [(0o644, 1), (0o640, 0)] {
        std::fs::write(&file, &toml).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        let config = configured(&toml, &file, &|_| None).unwrap();
        assert_eq!(config.warnings.len(), odd, "{:?}", config.warnings);
        assert!(!format!("{:?}", config.warnings).contains("s3cret"));
    }
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(configured(WEBHOOK, &file, &|_| None).unwrap().warnings, [], "an address is no secret");
}
