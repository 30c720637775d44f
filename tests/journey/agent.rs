//! `sosik agent`: another machine's desktop is told everything once, whatever happens on the way.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::process::{Child, Stdio};

use crate::support::blog::Blog;
use crate::support::cutting::Cutting;
use crate::support::desktop::{Behaviour, Recorder, SessionBus};
use crate::support::served::Served;
use crate::support::sosik::Sosik;
use crate::support::until;

/// A server that tells agents, which has read the blog.
fn server(blog: &Blog) -> (Sosik, Served) {
    let mut sosik = Sosik::watching(blog).with("[notify.agents]\nenabled = true");
    let served = Served::start(&mut sosik);
    sosik.refresh();
    (sosik, served)
}

/// The same server after it was killed, at another address.
fn restarted(sosik: &mut Sosik, served: Served) -> Served {
    sosik.reconfigure(&format!("base_url = \"{}\"\n", served.url("")), "");
    drop(served);
    Served::start(sosik)
}

fn address(served: &Served) -> SocketAddr {
    served.url("").strip_prefix("http://").unwrap().parse().unwrap()
}

/// A person's machine, with no cap in the way.
fn desk(bus: &SessionBus) -> Sosik {
    Sosik::new().on_bus(bus.address()).with("[notify.desktop]\nat_most = \"10000/h\"\napart = 20")
}

/// A running agent, killed when dropped.
struct Agent<'a> {
    child: Child,
    home: &'a Sosik,
}

impl<'a> Agent<'a> {
    fn start(home: &'a Sosik, server: &str) -> Self {
        let log = std::fs::File::create(home.path("agent.log")).unwrap();
        let mut command = home.command(&["agent", "--server", server]);
        let child = command.stdout(Stdio::null()).stderr(log).spawn().unwrap();
        Self { child, home }
    }

    /// Starts one that never followed that server, and waits until it does.
    fn start_new(home: &'a Sosik, server: &str) -> Self {
        let agent = Self::start(home, server);
        until("an agent that follows", || agent.log().contains("from now on").then_some(()));
        agent
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.home.path("agent.log")).unwrap()
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(std::process::Command::new("kill").args([name, &pid]).status().unwrap().success());
    }

    fn stop(mut self) -> Option<i32> {
        self.signal("-TERM");
        self.child.wait().unwrap().code()
    }
}

impl Drop for Agent<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the agent of this home keeps.
fn state(home: &Sosik) -> serde_json::Value {
    let entries = std::fs::read_dir(home.path("state")).unwrap().map(|entry| entry.unwrap().path());
    let mut files = entries.filter(|path| path.extension().is_some_and(|ending| ending == "json"));
    serde_json::from_slice(&std::fs::read(files.next().expect("a state")).unwrap()).unwrap()
}

/// Publishes posts, has the server find them, and gives their titles.
fn news(blog: &Blog, server: &Sosik, count: u32) -> Vec<String> {
    let posts = blog.publish(count, "Big Data/Kafka");
    assert_eq!(server.refresh()["sources"][0]["new"], count);
    posts.into_iter().map(|id| blog.post(id).unwrap().title).collect()
}

/// How often each title was shown.
fn shown(desktop: &Recorder) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for notification in desktop.notifications() {
        *counts.entry(notification.summary).or_default() += 1;
    }
    counts
}

fn once_each(titles: &[String]) -> BTreeMap<String, usize> {
    titles.iter().map(|title| (title.clone(), 1)).collect()
}

#[test]
fn what_a_server_tells_is_shown_here_from_the_first_start_on() {
    let blog = Blog::with_posts(12);
    let (server, served) = server(&blog);
    news(&blog, &server, 2);
    let bus = SessionBus::start();
    let desktop = Recorder::start(&bus, Behaviour::Shows);
    let home = desk(&bus);
    let agent = Agent::start_new(&home, &served.url(""));
    let mut titles = news(&blog, &server, 2);
    let told = desktop.wait_for(2);
    assert_eq!(shown(&desktop), once_each(&titles), "what came before the first start is not shown");
    assert!(told[0].body.starts_with("Big Data/Kafka · "), "{}", told[0].body);
    assert!(told[0].actions.contains(&"open".to_owned()), "{:?}", told[0].actions);

    let test = server.run(&["notify", "test", "agents"]).success();
    assert!(test.stdout.contains("agents took"), "{}", test.stdout);
    titles.push(desktop.wait_for(3)[2].summary.clone());

    // Told to stop, it goes on later where it was; killed, too.
    assert_eq!(agent.stop(), Some(0));
    titles.extend(news(&blog, &server, 1));
    let mut agent = Agent::start(&home, &served.url(""));
    desktop.wait_for(4);
    until("a note that it is shown", || state(&home)["claimed"].is_null().then_some(()));
    agent.child.kill().unwrap();
    agent.child.wait().unwrap();
    titles.extend(news(&blog, &server, 2));
    let agent = Agent::start(&home, &served.url(""));
    desktop.wait_for(6);
    titles.extend(news(&blog, &server, 1));
    desktop.wait_for(7);
    assert_eq!(shown(&desktop), once_each(&titles));
    assert_eq!(agent.stop(), Some(0));
}

#[test]
fn a_server_that_restarts_and_either_side_that_stands_still_cost_nothing() {
    let blog = Blog::with_posts(12);
    let (mut server, mut served) = server(&blog);
    let wire = Cutting::to(address(&served));
    let bus = SessionBus::start();
    let desktop = Recorder::start(&bus, Behaviour::Shows);
    let home = desk(&bus);
    let agent = Agent::start_new(&home, &wire.url());
    let mut titles = Vec::new();
    for round in 1..=3 {
        served = restarted(&mut server, served);
        wire.lead_to(address(&served));
        titles.extend(news(&blog, &server, 1));
        desktop.wait_for(3 * round - 2);

        agent.signal("-STOP");
        titles.extend(news(&blog, &server, 1));
        agent.signal("-CONT");
        desktop.wait_for(3 * round - 1);

        served.signal("-STOP");
        served.signal("-CONT");
        titles.extend(news(&blog, &server, 1));
        desktop.wait_for(3 * round);
    }
    assert_eq!(shown(&desktop), once_each(&titles));
    assert_eq!(agent.stop(), Some(0));
}

/// Moments at which the agent is killed.
const KILLS: u64 = 20;

#[test]
fn kills_at_any_moment_lose_nothing_and_show_at_most_once_more_under_the_same_id() {
    let blog = Blog::with_posts(12);
    let (server, served) = server(&blog);
    let bus = SessionBus::start();
    let desktop = Recorder::start(&bus, Behaviour::Shows);
    let home = desk(&bus);
    assert_eq!(Agent::start_new(&home, &served.url("")).stop(), Some(0));
    let mut titles = Vec::new();
    for kill in 0..KILLS {
        titles.extend(news(&blog, &server, 1));
        let agent = Agent::start(&home, &served.url(""));
        // A start and a notification take a few hundred milliseconds: the moments lie all over that.
        let after = std::time::Duration::from_millis((kill * 7) % KILLS * 25);
        #[expect(clippy::disallowed_methods, reason = "the moment of a kill is what this test is about")]
        std::thread::sleep(after);
        drop(agent);
    }
    let _ = home.run(&["agent", "--once", "--server", &served.url("")]).success();
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for one in desktop.notifications() {
        told.entry(one.message().to_owned()).or_default().push(one.summary);
    }
    // A kill between showing and noting shows it once more.
    let again = desktop.notifications().len() - told.len();
    assert!(again <= usize::try_from(KILLS).unwrap(), "{told:#?}");
    let summaries: Vec<&String> = told.values().map(|shown| &shown[0]).collect();
    // What several starts did not live to show comes as a digest.
    let mut missing: Vec<&String> = titles.iter().filter(|title| !summaries.contains(title)).collect();
    let digests = desktop.notifications().into_iter().filter(|one| one.summary.contains(" new posts"));
    for digest in digests {
        missing.retain(|title| !digest.body.contains(&escaped(title)));
    }
    assert_eq!(missing, [""; 0], "{told:#?}");
}

/// A title as it stands in a body with markup.
fn escaped(title: &str) -> String {
    title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Connections that are cut.
const CUTS: usize = 100;

#[test]
fn a_hundred_cut_connections_lose_nothing_and_double_nothing() {
    let blog = Blog::with_posts(12);
    let (server, served) = server(&blog);
    let wire = Cutting::to(address(&served));
    let bus = SessionBus::start();
    let desktop = Recorder::start(&bus, Behaviour::Shows);
    let home = desk(&bus);
    let agent = Agent::start_new(&home, &wire.url());
    wire.cut(true);
    // The connection that stood before is never cut.
    assert_eq!(agent.stop(), Some(0));
    let agent = Agent::start(&home, &wire.url());
    let mut titles = Vec::new();
    while wire.count() < CUTS {
        assert!(titles.len() < 400, "{} cuts only", wire.count());
        titles.extend(news(&blog, &server, 1));
        // Each is shown by itself: what comes together would be one digest.
        desktop.wait_for(titles.len());
    }
    wire.cut(false);
    titles.extend(news(&blog, &server, 1));
    desktop.wait_for(titles.len());
    assert_eq!(shown(&desktop), once_each(&titles));
    assert_eq!(agent.stop(), Some(0));
}

#[test]
fn without_a_desktop_it_waits_and_comes_as_a_digest() {
    let blog = Blog::with_posts(12);
    let (server, served) = server(&blog);
    let home = Sosik::new().with("[agent]\ntoken_file = \"none\"");
    let socket = home.path("run/bus");
    let home = home.on_bus(&format!("unix:path={}", socket.display()));
    let once = ["agent", "--once", "--token", "unused", "--server", &served.url("")];
    let ready = home.run(&once).success();
    assert!(ready.stdout.contains("from now on"), "{}", ready.stdout);
    news(&blog, &server, 2);
    let failed = home.run(&once).exits(4);
    assert!(failed.stderr.contains("help:"), "{}", failed.stderr);
    news(&blog, &server, 3);
    assert_eq!(state(&home)["owed"].as_array().unwrap().len(), 2);
    let bus = SessionBus::start_at(&socket);
    let desktop = Recorder::start(&bus, Behaviour::Shows);
    let _ = home.run(&once).success();
    let told = desktop.notifications();
    let summaries: Vec<&str> = told.iter().map(|one| one.summary.as_str()).collect();
    assert!(summaries[0].starts_with("2 new posts"), "{summaries:?}");
    assert_eq!(summaries.len(), 4, "{summaries:?}");
    let _ = home.run(&once).success();
    assert_eq!(desktop.notifications().len(), 4, "nothing is shown anew");
    assert_eq!(state(&home)["owed"].as_array().unwrap().len(), 0);
}

#[test]
fn a_burst_is_a_digest_and_quiet_is_kept() {
    let blog = Blog::with_posts(12);
    let (server, served) = server(&blog);
    let bus = SessionBus::start();
    let desktop = Recorder::start(&bus, Behaviour::Shows);
    let home = Sosik::new().on_bus(bus.address());
    let agent = Agent::start_new(&home, &served.url(""));
    news(&blog, &server, 7);
    let digest = desktop.wait_for(1).remove(0);
    assert!(digest.summary.starts_with("7 new posts · "), "{}", digest.summary);
    until("a wish that is kept", || {
        // Who clicks before the notification is up for good is not heard.
        desktop.act(digest.id, "quiet");
        state(&home)["quiet_until"].is_string().then_some(())
    });
    news(&blog, &server, 1);
    until("a post that waits", || (state(&home)["owed"][0]["waited"] == true).then_some(()));
    assert_eq!(desktop.notifications().len(), 1);
    let second = home.run(&["agent", "--server", &served.url("")]).exits(6);
    assert!(second.stderr.contains("another agent follows"), "{}", second.stderr);
    assert_eq!(agent.stop(), Some(0));
}

#[test]
fn a_server_that_cannot_be_followed_says_why() {
    let blog = Blog::with_posts(12);
    let (server, served) = server(&blog);
    let url = served.url("");
    let minted = server.run(&["token", "add", "laptop"]).success();
    let secret = minted.stdout.split_whitespace().find(|word| word.starts_with("sosik_")).unwrap().to_owned();
    let home = Sosik::new();
    let says = |arguments: &[&str], code: i32, help: &str| {
        let run = home.run(&[&["agent"], arguments].concat()).exits(code);
        assert!(run.stderr.contains(help), "{arguments:?}: {}", run.stderr);
        assert!(!run.stderr.contains(&secret[..20]), "{}", run.stderr);
    };
    says(&[], 2, "--server URL");
    says(&["--server", "ftp://x.org"], 2, "no address of the web");
    says(&["--server", &url], 3, "sosik token add");
    says(&["--server", &url, "--token", "sosik_wrong"], 3, "sosik token add");
    says(&["--server", &url, "--token-file", "none"], 2, "cannot be read");
    says(&["--server", &format!("{url}/elsewhere"), "--token", &secret], 3, "[notify.agents] enabled = true");
    says(&["--server", &blog.url("/moved-nowhere"), "--once"], 3, "help:");
    // One whose token was good goes on waiting for its server, but not with a token that is not.
    std::fs::write(home.path("token"), format!("{secret}\n")).unwrap();
    let file = home.path("token").display().to_string();
    let _ = home.run(&["agent", "--once", "--server", &url, "--token-file", &file]).success();
    let _ = server.run(&["token", "add", "other"]).success();
    let _ = server.run(&["token", "revoke", "laptop"]).success();
    let once = ["agent", "--once", "--server", &url, "--token-file", &file];
    until("a token that is not taken", || (home.run(&once).code == Some(3)).then_some(()));
    says(&["--server", &url, "--token-file", &file], 3, "sosik token add");
    drop(served);
    says(&["--once", "--server", &url, "--token-file", &file], 4, "can be reached from here");
}
