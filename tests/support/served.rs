//! The daemon with a port of its own, for whoever reads feeds over HTTP.
//!
//! The port is opened here and handed over as systemd does (`LISTEN_FDS`), so it is known and nobody can take it.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::process::{Child, Stdio};

use super::sosik::Sosik;
use super::until;

/// A running daemon that serves; it ends when dropped.
#[derive(Debug)]
pub struct Served {
    child: Child,
    address: SocketAddr,
}

/// What the daemon answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers as they came.
    pub headers: String,
    /// The body.
    pub body: String,
}

impl Served {
    /// Starts the daemon of a home; its feeds call themselves by the address that it serves at.
    pub fn start(sosik: &mut Sosik) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        sosik.reconfigure("[publish]\n", &format!("[publish]\nbase_url = \"http://{address}\"\n"));
        let mut command = std::process::Command::new("/bin/sh");
        let run = sosik.command(&["run"]);
        let script = "exec 3<&0 </dev/null; LISTEN_PID=$$ LISTEN_FDS=1 exec \"$0\" \"$@\"";
        command.args(["-c", script]).arg(run.get_program()).args(run.get_args()).env_clear();
        command.envs(run.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.stdin(OwnedFd::from(listener)).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().expect("the program starts");
        let served = Self { child, address };
        assert_eq!(served.get("/healthz").body, "ok\n");
        served
    }

    /// The whole URL of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// GET.
    pub fn get(&self, path: &str) -> Answer {
        // The port was open before the daemon came: it takes what waits there.
        let mut stream = TcpStream::connect(self.address).expect("the port is open");
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("the daemon listens");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("the daemon answers in UTF-8");
        let (headers, body) = answer.split_once("\r\n\r\n").expect("an answer has a head");
        let status = headers.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        Answer { status, headers: headers.to_owned(), body: body.to_owned() }
    }

    /// A value of `/metrics`, by its name and labels as they are written there.
    pub fn metric(&self, name: &str) -> Option<f64> {
        let text = self.get("/metrics").body;
        text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
    }

    /// Waits until a value of `/metrics` is that.
    pub fn wait_for_metric(&self, name: &str, value: f64) {
        until(&format!("{name} {value}"), || (self.metric(name) == Some(value)).then_some(()));
    }

    /// Sends a signal, such as `-HUP`.
    pub fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let sent = std::process::Command::new("kill").args([name, &pid]).status().expect("kill starts");
        assert!(sent.success(), "kill {name} {pid}");
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
