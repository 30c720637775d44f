//! A real `systemd --user` of a test's own, for an ordinary user, with the session bus that it starts.
//!
//! It needs no systemd as process 1, only cgroups that it may write in: root makes one and gives it to `nobody`; anyone
//! else asks the manager of their session for one. `scripts/test` looks first whether one of the two is there.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

use rustix::process::geteuid;
use tempfile::TempDir;

use crate::support::blog::Blog;
use crate::support::sosik::Run;
use crate::support::until;

/// Where systemd is process 1 this folder is there, and a manager starts only where it is.
const BOOTED: &str = "/run/systemd/system";

/// `nobody` and `nogroup`, which every Debian has.
const NOBODY: u32 = 65_534;

/// How many managers of this program use [`BOOTED`], where we made it.
static MADE: Mutex<usize> = Mutex::new(0);

/// A home, its manager and its session bus; all end when dropped.
pub(crate) struct Manager {
    home: TempDir,
    process: Child,
    cgroups: Vec<PathBuf>,
    made_booted: bool,
}

impl Manager {
    /// A manager whose user watches this blog as `blog`, with the program in `~/bin`. Nothing is installed.
    pub(crate) fn start(blog: &Blog) -> Self {
        let home = tempfile::Builder::new().prefix("sosik-manager-").tempdir().expect("a temporary folder");
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
        for folder in ["run", "bin", ".config/sosik"] {
            fs::create_dir_all(home.path().join(folder)).unwrap();
        }
        fs::set_permissions(home.path().join("run"), fs::Permissions::from_mode(0o700)).unwrap();
        fs::copy(env!("CARGO_BIN_EXE_sosik"), home.path().join("bin/sosik")).unwrap();
        fs::write(home.path().join(".config/sosik/sosik.toml"), configuration(home.path(), &[("blog", blog)])).unwrap();
        give_away(home.path());
        let made_booted = mark_as_booted();
        let (process, cgroups) = launch(home.path());
        let manager = Self { home, process, cgroups, made_booted };
        until("a manager that answers", || {
            (manager.systemctl(&["show", "--property=Version"]).code == Some(0)).then_some(())
        });
        manager
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.home.path().join(path)
    }

    /// Watches these blogs from now on.
    pub(crate) fn watch(&self, blogs: &[(&str, &Blog)]) {
        self.write(".config/sosik/sosik.toml", &configuration(self.home.path(), blogs));
    }

    /// Writes a file of the user's.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        give_away(self.home.path());
    }

    /// A command of the user's, in the environment of their session.
    pub(crate) fn command(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = as_user(program, self.home.path());
        command.args(arguments);
        command
    }

    fn run(&self, program: &Path, arguments: &[&str]) -> Run {
        Run::from(self.command(program, arguments).output().expect("the program starts"))
    }

    /// `sosik …`
    pub(crate) fn sosik(&self, arguments: &[&str]) -> Run {
        self.run(&self.path("bin/sosik"), arguments)
    }

    /// `systemctl --user …`
    pub(crate) fn systemctl(&self, arguments: &[&str]) -> Run {
        self.run(Path::new("systemctl"), &[&["--user"], arguments].concat())
    }

    /// `busctl --user …`
    pub(crate) fn busctl(&self, arguments: &[&str]) -> Run {
        self.run(Path::new("busctl"), &[&["--user"], arguments].concat())
    }

    /// A property of a unit.
    pub(crate) fn property(&self, unit: &str, name: &str) -> String {
        let value = self.systemctl(&["show", unit, "--value", &format!("--property={name}")]);
        value.success().stdout.trim().to_owned()
    }

    /// Waits until a property of the service is this.
    pub(crate) fn wait_for(&self, name: &str, wanted: impl Fn(&str) -> bool) -> String {
        let mut last = String::new();
        until(&format!("{name} of the service"), || {
            last = self.property("sosik.service", name);
            wanted(&last).then(|| last.clone())
        })
    }

    /// GET over the socket of `[serve] listen`: the answer, whole.
    pub(crate) fn get(&self, path: &str) -> std::io::Result<String> {
        let mut stream = UnixStream::connect(self.path("feeds.sock"))?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }
}

impl Drop for Manager {
    fn drop(&mut self) {
        let _ = self.command(Path::new("systemctl"), &["--user", "exit"]).output();
        // It stops its services first; whatever hangs goes with it.
        let ended = (0..500).any(|_| {
            let ended = matches!(self.process.try_wait(), Ok(Some(_)));
            if !ended {
                pause();
            }
            ended
        });
        if !ended {
            let _ = self.process.kill();
            let _ = self.process.wait();
        }
        for cgroup in &self.cgroups {
            let _ =
                Command::new("find").arg(cgroup).args(["-depth", "-type", "d", "-exec", "rmdir", "{}", ";"]).output();
        }
        if self.made_booted {
            let mut users = MADE.lock().unwrap();
            *users -= 1;
            if *users == 0 {
                let _ = fs::remove_dir(BOOTED);
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "another process gives no event to wait for")]
fn pause() {
    std::thread::sleep(std::time::Duration::from_millis(20));
}

fn configuration(home: &Path, blogs: &[(&str, &Blog)]) -> String {
    let sources: Vec<String> = blogs
        .iter()
        .map(|(id, blog)| {
            format!("[[source]]\nid = \"{id}\"\nurl = \"{}\"\npreset = \"tistory\"\n", blog.url("/category"))
        })
        .collect();
    format!(
        "language = \"en\"\n[fetch]\nallow_private_addresses = true\n[[fetch.host]]\nname = \"127.0.0.1\"\ngap = \"0s\"\n\
         [serve]\nlisten = [\"{}\"]\n{}",
        home.join("feeds.sock").display(),
        sources.concat()
    )
}

/// A program run as the user of the tests, with nothing of the tester's environment.
fn as_user(program: &Path, home: &Path) -> Command {
    let mut command = if geteuid().is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command
        .current_dir(home)
        .stdin(Stdio::null())
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
        .env("LANG", "C.UTF-8")
        .env("HOME", home)
        .env("XDG_RUNTIME_DIR", home.join("run"))
        .env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", home.join("run/bus").display()));
    command
}

/// Makes the user of the tests the owner, but of what a running program took away meanwhile.
fn give_away(path: &Path) {
    if !geteuid().is_root() {
        return;
    }
    match chown(path, Some(NOBODY), Some(NOBODY)) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return,
        given => given.unwrap(),
    }
    if path.is_dir() && !path.is_symlink() {
        for entry in fs::read_dir(path).unwrap() {
            let path = entry.unwrap().path();
            if !path.is_symlink() && path.file_name().is_none_or(|name| name != "run") {
                give_away(&path);
            }
        }
    }
}

/// Says that systemd runs here, where it does not. Whether it was not said before.
fn mark_as_booted() -> bool {
    let mut users = MADE.lock().unwrap();
    if *users == 0 && Path::new(BOOTED).exists() {
        return false;
    }
    fs::create_dir_all(BOOTED).unwrap_or_else(|error| panic!("{BOOTED} is not there and cannot be made: {error}"));
    *users += 1;
    true
}

/// Starts the manager in cgroups of its own, so that its end takes nobody else along.
fn launch(home: &Path) -> (Child, Vec<PathBuf>) {
    let log = fs::File::create(home.join("manager.log")).unwrap();
    let systemd = Path::new("/lib/systemd/systemd");
    let mut command;
    let mut cgroups = Vec::new();
    if geteuid().is_root() {
        chown(home.join("run"), Some(NOBODY), Some(NOBODY)).unwrap();
        for hierarchy in ["/sys/fs/cgroup", "/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified"] {
            let name = home.file_name().unwrap();
            let cgroup = Path::new(hierarchy).join(name);
            if !Path::new(hierarchy).join("cgroup.procs").exists() || fs::create_dir(&cgroup).is_err() {
                continue;
            }
            for entry in fs::read_dir(&cgroup).unwrap().map(|entry| entry.unwrap().path()).chain([cgroup.clone()]) {
                let _ = chown(entry, Some(NOBODY), Some(NOBODY));
            }
            cgroups.push(cgroup);
        }
        assert!(!cgroups.is_empty(), "no cgroup can be made below /sys/fs/cgroup; scripts/test says what that means");
        let user = as_user(systemd, home);
        command = Command::new("sh");
        let enter = "for c in $CGROUPS; do echo $$ > $c/cgroup.procs; done; unset CGROUPS; exec \"$@\"";
        command.args(["-c", enter, "sh"]).arg(user.get_program()).args(user.get_args()).arg("--user").env_clear();
        command.envs(user.get_envs().filter_map(|(name, value)| Some((name, value?)))).current_dir(home);
        let names: Vec<_> = cgroups.iter().map(|cgroup| cgroup.display().to_string()).collect();
        command.env("CGROUPS", names.join(" "));
    } else {
        // The outer manager is reached by the tester's own environment, the inner one has ours.
        let user = as_user(systemd, home);
        command = Command::new("systemd-run");
        command.args(["--user", "--scope", "--quiet", "--property=Delegate=yes", "env", "-i"]);
        command
            .args(user.get_envs().filter_map(|(name, value)| Some(format!("{}={}", name.to_str()?, value?.to_str()?))));
        command.arg(systemd).arg("--user").current_dir(home);
    }
    let process = command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log).spawn();
    (process.expect("systemd starts; scripts/test installs it"), cgroups)
}
