//! A command of one's own: the message as JSON on its standard input, its parts as `SOSIK_…` in its environment.
//!
//! It is started by its arguments, never through a shell, so no title can become a command. It ends within its time
//! limit or it and what it started are killed; whatever happens it is waited for. Exit code 0 says that the message
//! arrived; any other refuses it, with the last line of standard error as the reason.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use async_trait::async_trait;
use jiff::SignedDuration;
use rustix::process::{Pid, Signal, kill_process_group};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStderr, Command as Process};
use tokio::time::timeout;

use super::contract::{Message, Notifier, Refusal};
use super::parts::{NAMES, json, part};
use super::settings::{KeyFault, Need, Path, Settings};
use super::text::cut;

/// Letters of a variable: what is longer is whole in the JSON alone. A command's whole environment has room for more
/// than all of them.
const LONGEST_VARIABLE: usize = 4000;

/// Bytes at the end of standard error that are kept.
const KEPT: usize = 4096;

/// Letters of a reason.
const LONGEST_REASON: usize = 300;

/// How long standard error may stay open behind a command that has ended: what it left behind may hold it.
const STRAGGLER: Duration = Duration::from_millis(200);

/// The `[[notify.command]]` table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// What it is called.
    pub name: String,
    /// The program and its arguments.
    pub argv: Vec<String>,
    /// The longest that it may take.
    pub timeout: SignedDuration,
}

impl Default for Options {
    fn default() -> Self {
        Self { name: String::new(), argv: Vec::new(), timeout: SignedDuration::from_secs(30) }
    }
}

impl Settings for Options {
    fn name(&self) -> &str {
        &self.name
    }

    fn path(&mut self) -> Option<Path<'_>> {
        Some(Path { key: "argv", path: self.argv.first_mut()?, need: Need::Program })
    }

    fn faults(&self) -> Vec<KeyFault> {
        match self.argv.first() {
            Some(_) => Vec::new(),
            None => vec![KeyFault::new(
                "argv",
                "\"argv\" names no program",
                "write the program and its arguments: argv = [\"/usr/local/bin/on-news\", \"--quiet\"]",
            )],
        }
    }
}

/// A command that is ready to be started.
pub struct Command {
    options: Options,
}

impl Command {
    /// The command of these options, which have no faults.
    pub fn new(options: &Options) -> Self {
        Self { options: options.clone() }
    }

    fn start(&self, message: &Message) -> io::Result<Group> {
        let (program, arguments) = self.options.argv.split_first().ok_or(io::ErrorKind::NotFound)?;
        let mut process = Process::new(program);
        process.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        for name in NAMES.iter().filter(|name| **name != "json") {
            process.env(format!("SOSIK_{}", name.to_ascii_uppercase()), variable(&part(message, name)));
        }
        // A group of its own, so that what it starts goes with it.
        process.process_group(0).kill_on_drop(true);
        let child = process.spawn()?;
        Ok(Group { pid: child.id().and_then(|pid| Pid::from_raw(i32::try_from(pid).ok()?)), child })
    }
}

#[async_trait]
impl Notifier for Command {
    async fn tell(&self, message: &Message) -> Result<(), Refusal> {
        let program = self.options.argv.first().map(String::as_str).unwrap_or_default();
        let mut group = self.start(message).map_err(|error| {
            let help = "see `argv` of the channel: the program is there and this user may start it";
            Refusal::passing(format!("{program} cannot be started: {error}"), help)
        })?;
        let limit = Duration::try_from(self.options.timeout).unwrap_or_default();
        match timeout(limit, group.run(&json(message))).await {
            Ok(Ok((status, _))) if status.success() => Ok(()),
            Ok(Ok((status, said))) => Err(refused(program, status, &said)),
            Ok(Err(error)) => {
                Err(Refusal::passing(format!("{program} cannot be waited for: {error}"), "it is tried again"))
            }
            Err(_) => {
                group.end().await;
                let message = format!("{program} took longer than {:#} and was killed", self.options.timeout);
                Err(Refusal::passing(message, "it is tried again; for slow work raise `timeout` of the channel"))
            }
        }
    }
}

/// A running command with what it started. Dropped while it runs it is killed.
struct Group {
    child: Child,
    /// `None` once it has ended: its number may be somebody else's then.
    pid: Option<Pid>,
}

impl Group {
    /// Hands the input over and waits for the end; gives the status and the end of what was said.
    async fn run(&mut self, input: &str) -> io::Result<(ExitStatus, Vec<u8>)> {
        let stdin = self.child.stdin.take();
        let stderr = self.child.stderr.take();
        let hand_over = async {
            if let Some(mut stdin) = stdin {
                // A command may end without reading.
                let _ = stdin.write_all(input.as_bytes()).await;
                let _ = stdin.shutdown().await;
            }
        };
        let mut said = Vec::new();
        let status = {
            let listen = async {
                if let Some(stderr) = stderr {
                    hear(stderr, &mut said).await;
                }
            };
            let (mut hand_over, mut listen) = (Box::pin(hand_over), Box::pin(listen));
            let (mut handed, mut heard) = (false, false);
            let status = loop {
                tokio::select! {
                    status = self.child.wait() => break status?,
                    () = &mut hand_over, if !handed => handed = true,
                    () = &mut listen, if !heard => heard = true,
                }
            };
            if !heard {
                let _ = timeout(STRAGGLER, listen).await;
            }
            status
        };
        self.pid = None;
        Ok((status, said))
    }

    /// Kills it and waits for it.
    async fn end(&mut self) {
        self.kill();
        let _ = self.child.wait().await;
    }

    fn kill(&mut self) {
        if let Some(pid) = self.pid.take() {
            // It may have ended this moment.
            let _ = kill_process_group(pid, Signal::KILL);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Reads to the end and keeps the last of it.
async fn hear(mut stderr: ChildStderr, said: &mut Vec<u8>) {
    let mut chunk = [0; 1024];
    while let Ok(read @ 1..) = stderr.read(&mut chunk).await {
        said.extend_from_slice(&chunk[..read]);
        said.drain(..said.len().saturating_sub(KEPT));
    }
}

fn refused(program: &str, status: ExitStatus, said: &[u8]) -> Refusal {
    let how = match status.code() {
        Some(code) => format!("{program} ended with {code}"),
        None => format!("{program} was ended by a signal"),
    };
    let said = String::from_utf8_lossy(said);
    let reason = said.lines().rev().map(|line| cut(line, LONGEST_REASON)).find(|line| !line.is_empty());
    let message = reason.map_or(how.clone(), |reason| format!("{how}: {reason}"));
    Refusal::passing(message, "run it by hand with a message on its standard input; it is tried again")
}

/// A text as a variable can hold it.
fn variable(text: &str) -> String {
    text.chars().filter(|letter| *letter != '\0').take(LONGEST_VARIABLE).collect()
}

#[cfg(test)]
mod tests {
    use super::super::examples::{ID, post};
    use super::*;

    fn shell(script: &str, timeout: SignedDuration) -> Command {
        let argv = ["/bin/sh", "-c", script].map(str::to_owned).to_vec();
        Command::new(&Options { name: "x".into(), argv, timeout })
    }

    async fn check(script: &str, expected: Result<(), &str>) {
        let told = shell(script, SignedDuration::from_secs(20)).tell(&post()).await;
        assert_eq!(told.map_err(|refusal| refusal.message), expected.map_err(str::to_owned), "{script}");
    }

    #[tokio::test]
    async fn the_exit_code_and_the_last_line_tell_how_it_went() {
        check("true", Ok(())).await;
        check("cat >/dev/null; echo said >&2", Ok(())).await;
        check("exit 3", Err("/bin/sh ended with 3")).await;
        check("echo one >&2; echo two >&2; echo >&2; exit 1", Err("/bin/sh ended with 1: two")).await;
        check("kill -9 $$", Err("/bin/sh was ended by a signal")).await;
        check("yes long 2>/dev/null | head -c 1000000 >&2; echo end >&2; exit 1", Err("/bin/sh ended with 1: end"))
            .await;
        // What it leaves behind holds standard error and is not waited for.
        check("sleep 300 & exit 0", Ok(())).await;
        let gone = Command::new(&Options { argv: vec!["/nowhere/x".into()], ..Options::default() });
        let refusal = gone.tell(&post()).await.unwrap_err();
        assert!(refusal.message.starts_with("/nowhere/x cannot be started: No such file"), "{}", refusal.message);
        assert!(!refusal.lasting);
    }

    #[tokio::test]
    async fn it_gets_the_message_and_its_parts() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("got");
        let script = format!("cat >{0}.json; env | grep '^SOSIK_' | sort >{0}.env", file.display());
        shell(&script, SignedDuration::from_secs(20)).tell(&post()).await.unwrap();
        let got: Message = serde_json::from_slice(&std::fs::read(file.with_extension("json")).unwrap()).unwrap();
        assert_eq!(got, post());
        let env = std::fs::read_to_string(file.with_extension("env")).unwrap();
        assert!(env.contains(&format!("SOSIK_ID={ID}\n")) && env.contains("SOSIK_KIND=post\n"), "{env}");
        assert!(env.contains("SOSIK_SUMMARY=<b>a & \"b\"</b> *c*"), "{env}");
    }

    #[tokio::test]
    async fn what_takes_too_long_is_killed_with_all_that_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let (own, alive) = (folder.path().join("own"), folder.path().join("alive"));
        assert!(std::process::Command::new("mkfifo").arg(&alive).status().unwrap().success());
        // It is at its end once nobody who could write is left: neither the command nor what it started.
        let (tell, told) = std::sync::mpsc::channel();
        let pipe = alive.clone();
        std::thread::spawn(move || tell.send(std::fs::read(pipe)));
        let script = format!("exec 9>{}; echo $$ >{}; sleep 300 & wait", alive.display(), own.display());
        let refusal = shell(&script, SignedDuration::from_millis(500)).tell(&post()).await.unwrap_err();
        assert_eq!(refusal.message, "/bin/sh took longer than 500ms and was killed");
        told.recv_timeout(Duration::from_secs(30)).expect("all is killed").unwrap();
        let own = std::fs::read_to_string(&own).unwrap().trim().to_owned();
        assert!(!std::path::Path::new(&format!("/proc/{own}")).exists(), "the command itself was waited for");
    }
}
