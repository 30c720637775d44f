//! The program itself with channels: `sosik notify test`, a refresh, a daemon that is killed, and what it shows of it.

use std::collections::BTreeMap;

use sosik::notify::contract::{Message, MessageKind};

use crate::support::blog::Blog;
use crate::support::mail::MailServer;
use crate::support::receiver::{Receiver, Reply};
use crate::support::sosik::Sosik;
use crate::support::until;

fn webhook(name: &str, receiver: &Receiver, keys: &str) -> String {
    format!("[[notify.webhook]]\nname = \"{name}\"\nurl = \"{}\"\n{keys}\n", receiver.url("/hook"))
}

fn messages(receiver: &Receiver) -> Vec<Message> {
    receiver.got().iter().map(|got| serde_json::from_str(&got.body).unwrap()).collect()
}

#[test]
fn every_channel_can_be_tried() {
    let (hook, chat) = (Receiver::start(), Receiver::start());
    let server = MailServer::start("none", None);
    let sosik = Sosik::new().with("[notify.desktop]\nenabled = false").with(&webhook("team", &hook, ""));
    let sosik = sosik.with(&format!(
        "[[notify.ntfy]]\nname = \"phone\"\nserver = \"{}\"\ntopic = \"t\"\n\
         [[notify.email]]\nname = \"mail\"\nserver = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nfrom = \"a@example.org\"\n\
         to = [\"b@example.org\"]\n\
         [[notify.command]]\nname = \"program\"\nargv = [\"sh\", \"-c\", \"cat >tried.json\"]\n\
         [[notify.log]]\nname = \"lines\"\nfile = \"lines.jsonl\"\n",
        chat.url(""),
        server.port
    ));
    let said = sosik.run(&["notify", "test"]).success().stdout;
    for channel in ["team", "phone", "mail", "program", "lines"] {
        assert!(said.contains(&format!("{channel} took the notification")), "{said}");
    }
    assert_eq!(messages(&hook)[0].kind, MessageKind::Test);
    assert_eq!(chat.got()[0].json()["title"], "sosik can reach you");
    assert_eq!(server.next()["headers"]["subject"], "sosik can reach you");
    let lines = std::fs::read_to_string(sosik.path("config/sosik/lines.jsonl")).expect("beside the configuration");
    assert_eq!(serde_json::from_str::<Message>(lines.trim()).unwrap().kind, MessageKind::Test);
    assert!(sosik.path("tried.json").exists());
    let _ = sosik.run(&["notify", "test", "phone"]).success();
    assert_eq!((hook.got().len(), chat.got().len()), (1, 2));
    hook.next([Reply::status(404, "no_service")]);
    let failed = sosik.run(&["notify", "test", "team"]).exits(4);
    assert!(failed.stderr.contains("127.0.0.1 answers 404: no_service"), "{}", failed.stderr);
}

#[test]
fn a_secret_that_is_missing_stops_who_tells_and_nobody_else() {
    let hook = Receiver::start();
    let blog = Blog::with_posts(3);
    let sosik = Sosik::watching(&blog).with(&webhook("team", &hook, "token_file = \"token\""));
    for command in [&["refresh"][..], &["run"], &["check"], &["notify", "test", "team"]] {
        let refused = sosik.run(command).exits(3);
        assert!(
            refused.stderr.contains("sosik.toml:") && refused.stderr.contains("token cannot be read"),
            "{}",
            refused.stderr
        );
    }
    for command in [&["status"][..], &["feeds"], &["notify", "history"]] {
        let _ = sosik.run(command).success();
    }
    std::fs::write(sosik.path("config/sosik/token"), "t0k\n").unwrap();
    let _ = sosik.run(&["check"]).success();
    let _ = sosik.run(&["notify", "test", "team"]).success();
    assert_eq!(hook.got()[0].header("authorization"), Some("Bearer t0k"));
}

#[test]
fn no_secret_is_in_the_log_the_state_or_what_is_shown() {
    let hook = Receiver::start();
    hook.otherwise(Reply::status(410, "gone: /T0/s3cret-url s3cret-token"));
    let blog = Blog::with_posts(3);
    let sosik = Sosik::watching(&blog).env("SOSIK_LOG", "trace").env("HOOK_URL", &hook.url("/T0/s3cret-url")).with(
        "[notify.desktop]\nenabled = false\n[[notify.webhook]]\nname = \"team\"\nformat = \"slack\"\nurl_env = \"HOOK_URL\"\n\
         token = \"s3cret-token\"\nheaders = { X-Key = \"s3cret-header\" }\nsecret = \"s3cret-key\"\n",
    );
    let _ = sosik.run(&["refresh"]).success();
    blog.publish(1, "Big Data/Kafka");
    let mut said = String::new();
    for command in [
        &["refresh", "--verbose"][..],
        &["status"],
        &["status", "--json"],
        &["notify", "history"],
        &["notify", "history", "--dead"],
        &["notify", "test", "team"],
        &["check"],
    ] {
        let run = sosik.run(command);
        said.push_str(&run.stdout);
        said.push_str(&run.stderr);
    }
    assert_eq!(hook.got()[0].target, "/T0/s3cret-url");
    assert!(said.contains("127.0.0.1 answers 410: gone: … …"), "{said}");
    let files = std::fs::read_dir(sosik.path("state")).unwrap().map(|file| file.unwrap().path());
    let backups = std::fs::read_dir(sosik.path("state/backups")).unwrap().map(|file| file.unwrap().path());
    let kept = files.chain(backups).filter(|path| path.is_file()).map(|path| std::fs::read(path).unwrap());
    let kept: String = kept.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect();
    assert!(kept.contains("answers 410"), "the state keeps the reason");
    for secret in ["s3cret-token", "s3cret-header", "s3cret-key", "/T0/s3cret-url"] {
        let line = said.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret} was shown");
        assert!(!kept.contains(secret), "{secret} is in the state");
    }
}

#[test]
fn a_daemon_that_is_killed_tells_everything_under_the_same_ids() {
    let (hook, slow) = (Receiver::start(), Receiver::start());
    slow.otherwise(Reply::Silence);
    let blog = Blog::with_posts(3);
    let sosik = Sosik::watching(&blog)
        .with("[notify.desktop]\nenabled = false")
        .with(&webhook("slow", &slow, "timeout = \"50s\""))
        .with(&webhook("team", &hook, "timeout = \"50s\""));
    // The first look tells nothing.
    sosik.refresh();
    assert_eq!(hook.got().len(), 0);
    let mut daemon = sosik.spawn(&["run"]);
    until("the daemon runs", || sosik.run(&["status", "--json"]).json()["daemon"].is_object().then_some(()));
    // Taken, and the answer never came: killed in the middle of it.
    hook.next([Reply::status(200, "ok"), Reply::Silence]);
    let published = blog.publish(3, "Big Data/Kafka");
    let mut by_hand = sosik.spawn(&["refresh"]);
    hook.wait_for(2);
    for process in [&mut daemon, &mut by_hand] {
        process.kill().unwrap();
        process.wait().unwrap();
    }
    let mut daemon = sosik.spawn(&["run"]);
    let titles = || -> BTreeMap<String, BTreeMap<String, usize>> {
        let mut by_id: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
        for message in messages(&hook) {
            *by_id.entry(message.notice.summary).or_default().entry(message.id).or_default() += 1;
        }
        by_id
    };
    until("every post is told", || (titles().len() == published.len()).then_some(()));
    daemon.kill().unwrap();
    daemon.wait().unwrap();
    let told = titles();
    assert!(told.values().all(|ids| ids.len() == 1), "one post is one id: {told:#?}");
    let twice = told.values().filter(|ids| ids.values().sum::<usize>() > 1).count();
    assert_eq!(twice, 1, "only what was under way came once more: {told:#?}");
    assert!(!slow.got().is_empty(), "and the one that hangs held nobody up");
}
