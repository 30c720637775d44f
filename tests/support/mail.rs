//! A real SMTP server on loopback (aiosmtpd), which writes down the mails that it is offered.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};

use serde_json::{Value, json};

use super::{PATIENCE, python};

/// The certificate of 127.0.0.1, and who signed it.
fn pem(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fetch/tls").join(name)
}

/// The authority that signed the server's certificate.
pub fn authority() -> PathBuf {
    pem("authority.pem")
}

/// A running server; it ends when dropped.
#[derive(Debug)]
pub struct MailServer {
    child: Child,
    stdin: ChildStdin,
    said: Receiver<Value>,
    /// Where it listens, on 127.0.0.1.
    pub port: u16,
}

impl MailServer {
    /// Starts one that is spoken to so: `tls`, `starttls`, `none`; with a login it lets nobody else in.
    pub fn start(tls: &str, login: Option<(&str, &str)>) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/smtp.py");
        let mut command = Command::new(python::interpreter());
        let mut child = command
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // It warns of what a test asks it for.
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{error}; scripts/test --only-install makes the Python of the tests"));
        let mut stdin = child.stdin.take().expect("a pipe was asked for");
        let options = json!({ "tls": tls, "certificate": pem("good.pem"), "key": pem("key.pem"), "login": login });
        writeln!(stdin, "{options}").expect("it reads");
        let stdout = BufReader::new(child.stdout.take().expect("a pipe was asked for"));
        let (tell, said) = channel();
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                let value = serde_json::from_str(&line).expect("it writes JSON");
                if tell.send(value).is_err() {
                    break;
                }
            }
        });
        let mut server = Self { child, stdin, said, port: 0 };
        server.port = u16::try_from(server.next()["port"].as_u64().expect("its port")).expect("a port");
        server
    }

    /// What the next mails get, such as `451 later` or `hang`.
    pub fn replies(&mut self, replies: &[&str]) {
        writeln!(self.stdin, "{}", json!(replies)).expect("it reads");
        assert_eq!(self.next(), json!({ "ready": true }));
    }

    /// The next mail that it is offered: envelope, headers, text and HTML.
    ///
    /// # Panics
    /// When none comes.
    pub fn next(&self) -> Value {
        self.said.recv_timeout(PATIENCE).expect("a mail comes")
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
