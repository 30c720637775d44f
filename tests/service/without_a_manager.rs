//! `sosik service` where no systemd runs: it says so and does nothing; a system that does not run yet is prepared.

use std::fs;

use crate::support::sosik::Sosik;

#[test]
fn it_refuses_clearly_where_no_manager_answers() {
    let sosik = Sosik::new();
    for command in ["install", "uninstall", "status"] {
        let refused = sosik.run(&["service", command]).exits(2);
        assert!(
            refused.stderr.contains("does not run here") && refused.stderr.contains("help: "),
            "{}",
            refused.stderr
        );
    }
    let without_systemctl = sosik.command(&["service", "install"]).env("PATH", "/nonexistent").output().unwrap();
    assert_eq!(without_systemctl.status.code(), Some(2));
    let said = String::from_utf8(without_systemctl.stderr).unwrap();
    assert!(said.contains("there is no `systemctl`") && said.contains("`sosik run`"), "{said}");
    assert!(!sosik.path("config/systemd").exists());
}

#[test]
fn a_dry_run_shows_the_units_and_writes_none() {
    let sosik = Sosik::new();
    let shown = sosik.run(&["service", "install", "--dry-run"]).success();
    let unit = sosik.path("config/systemd/user/sosik.service");
    assert!(shown.stdout.contains(&format!("would write {}:", unit.display())), "{}", shown.stdout);
    assert!(shown.stdout.contains("    Type=notify\n"), "{}", shown.stdout);
    assert!(shown.stdout.contains(&format!("    Environment=SOSIK_CONFIG={}\n", sosik.config_file().display())));
    assert!(shown.stderr.contains("without --dry-run this is refused"), "{}", shown.stderr);
    assert!(!unit.exists());
}

#[test]
fn a_configuration_with_mistakes_is_not_installed() {
    let sosik = Sosik::new().tables("[serve]\nlisten = 7\n");
    let refused = sosik.run(&["service", "install", "--dry-run"]).exits(3);
    assert!(refused.stderr.contains("sosik.toml:2"), "{}", refused.stderr);
}

#[test]
fn a_system_that_does_not_run_gets_its_service() {
    let sosik = Sosik::new();
    // The machine's units must not point into a home or a temporary folder: a program of that system's own.
    let root = sosik.path("root");
    let program = root.join("usr/bin/sosik");
    fs::create_dir_all(program.parent().unwrap()).unwrap();
    fs::create_dir_all(root.join("etc")).unwrap();
    fs::copy(env!("CARGO_BIN_EXE_sosik"), &program).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new(&program);
        let root = root.to_str().unwrap();
        let output = command.args(["service"]).args(arguments).args(["--system", "--root", root]).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", text(output.stderr));
        (text(output.stdout), text(output.stderr))
    };
    let (did, notes) = run(&["install", "--socket"]);
    assert!(did.contains("systemctl --root=") && notes.contains("service uninstall --system --root"), "{did}{notes}");
    let units = root.join("etc/systemd/system");
    let text = fs::read_to_string(units.join("sosik.service")).unwrap();
    assert!(text.contains("\nExecStart=/usr/bin/sosik run --config /etc/sosik/sosik.toml\n"), "{text}");
    assert!(fs::symlink_metadata(units.join("multi-user.target.wants/sosik.service")).is_ok());
    assert!(fs::symlink_metadata(units.join("sockets.target.wants/sosik.socket")).is_ok());
    run(&["uninstall"]);
    let left: Vec<_> = ["sosik.service", "sosik.socket", "multi-user.target.wants/sosik.service"]
        .into_iter()
        .filter(|name| fs::symlink_metadata(units.join(name)).is_ok())
        .collect();
    assert!(left.is_empty(), "{left:?}");
}
