//! The agent as a service of a person's session, under its unit's bounds and a real `systemd --user`.

use crate::manager::Manager;
use crate::support::blog::Blog;
use crate::support::served::Served;
use crate::support::sosik::Sosik;
use crate::support::until;

const AGENT: &str = "sosik-agent.service";

/// What the agent keeps.
fn state(manager: &Manager) -> Option<serde_json::Value> {
    let entries = std::fs::read_dir(manager.path(".local/state/sosik")).ok()?.map(|entry| entry.unwrap().path());
    let file = entries.into_iter().find(|path| path.extension().is_some_and(|ending| ending == "json"))?;
    serde_json::from_slice(&std::fs::read(file).ok()?).ok()
}

#[test]
fn it_is_installed_follows_and_is_removed() {
    let blog = Blog::with_posts(12);
    let mut server = Sosik::watching(&blog).with("[notify.agents]\nenabled = true");
    let served = Served::start(&mut server);
    server.refresh();
    let token = server.run(&["token", "add", "laptop"]).success().stdout;
    let token = token.split_whitespace().find(|word| word.starts_with("sosik_")).unwrap().to_owned();

    let manager = Manager::start(&blog);
    let refused = manager.sosik(&["service", "install", "--agent"]).exits(2);
    assert!(refused.stderr.contains("[agent] server"), "{}", refused.stderr);
    let agent = format!("[agent]\nserver = \"{}\"\ntoken_file = \"agent-token\"\n", served.url(""));
    manager.write(".config/sosik/sosik.toml", &agent);
    manager.write(".config/sosik/agent-token", &token);
    let planned = manager.sosik(&["service", "install", "--agent", "--dry-run"]).success();
    assert!(planned.stdout.contains("systemctl --user start sosik-agent.service"), "{}", planned.stdout);
    let installed = manager.sosik(&["service", "install", "--agent"]).success();
    assert!(installed.stdout.contains("it runs: active"), "{}", installed.stdout);
    assert_eq!(manager.property(AGENT, "UnitFileState"), "enabled");
    until("an agent that follows", || state(&manager)?["place"].is_string().then_some(()));
    let again = manager.sosik(&["service", "install", "--agent"]).success();
    assert!(again.stdout.starts_with("nothing to do:"), "{}", again.stdout);

    // Nobody shows notifications in this session: what comes waits.
    blog.publish(1, "Big Data/Kafka");
    server.refresh();
    let owed = until("a post that waits", || {
        let owed = state(&manager)?["owed"][0].clone();
        (owed["waited"] == true).then_some(owed)
    });
    assert_eq!(owed["event"]["summary"], blog.post(13).unwrap().title);
    let shown = manager.sosik(&["service", "status", "--json"]).success().json();
    assert_eq!((&shown["units"][2]["unit"], &shown["units"][2]["active"]), (&AGENT.into(), &"active".into()));

    drop(manager.systemctl(&["stop", AGENT]).success());
    assert_eq!(manager.property(AGENT, "Result"), "success");
    let removed = manager.sosik(&["service", "uninstall"]).success();
    assert!(removed.stdout.contains("sosik-agent.service"), "{}", removed.stdout);
    assert_eq!(manager.property(AGENT, "LoadState"), "not-found");
}
