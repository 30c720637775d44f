//! Another process shows, and stays while there is something to click.
//!
//! A click reaches only the process whose connection showed the notification, and GNOME drops a notification with that
//! connection. A command that ends at once lets a process of its own do it: a line of JSON for each message, and a line
//! back that says whether the desktop took it. Of a service that ends systemd kills what is left, so there it gets a
//! scope of its own.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Error, ErrorKind, Write};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Mutex;

use crate::notify::contract::{Message, Notifier, Refusal};

/// Longest wait for its answer: it bounds its own calls, and there are four.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);

/// How a process is started beside the service that starts it.
const SCOPE: &[&str] = &["systemd-run", "--user", "--scope", "--quiet", "--collect", "--"];

/// A desktop that another process shows on.
#[derive(Debug)]
pub struct Handed {
    program: PathBuf,
    arguments: Vec<OsString>,
    hand: Mutex<Option<Hand>>,
}

/// A process that shows. It goes on until nothing can be clicked when its input ends.
#[derive(Debug)]
struct Hand {
    messages: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Handed {
    /// Starts `program` with these arguments when there is something to show.
    pub fn new(program: PathBuf, arguments: Vec<OsString>) -> Self {
        Self { program, arguments, hand: Mutex::default() }
    }

    /// Lets a process show the message: the one that is there, or a new one, started in the first way that works.
    async fn hand(&self, place: &mut Option<Hand>, message: &Message) -> std::io::Result<Result<(), Refusal>> {
        let line = serde_json::to_string(message)? + "\n";
        let there = place.take().map(Ok);
        let is_service = std::env::var_os("INVOCATION_ID").is_some();
        let scope = is_service.then_some(SCOPE);
        let new = scope.into_iter().chain([&[][..]]).map(|before| self.start(before));
        let mut failed = Error::from(ErrorKind::NotFound);
        for hand in there.into_iter().chain(new) {
            match asked(hand, line.clone()).await {
                Ok((hand, answer)) => {
                    *place = Some(hand);
                    return Ok(answer);
                }
                Err(error) => failed = error,
            }
        }
        Err(failed)
    }

    fn start(&self, before: &[&str]) -> std::io::Result<Hand> {
        let mut words = before.iter().map(OsString::from).chain([self.program.clone().into_os_string()]);
        let program = words.next().ok_or(ErrorKind::NotFound)?;
        let mut child = Command::new(program)
            .args(words)
            .args(&self.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // Ctrl-C in our terminal is not meant for it.
            .process_group(0)
            .spawn()?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(messages), Some(answers)) => Ok(Hand { messages, answers: BufReader::new(answers) }),
            _ => Err(Error::from(ErrorKind::BrokenPipe)),
        }
    }
}

/// Gives the line to a process and waits for its answer, but not for long.
async fn asked(hand: std::io::Result<Hand>, line: String) -> std::io::Result<(Hand, Result<(), Refusal>)> {
    let mut hand = hand?;
    let work = tokio::task::spawn_blocking(move || hand.tell(&line).map(|answer| (hand, answer)));
    tokio::time::timeout(ANSWER_LIMIT, work).await.map_err(Error::other)?.map_err(Error::other)?
}

impl Hand {
    fn tell(&mut self, line: &str) -> std::io::Result<Result<(), Refusal>> {
        self.messages.write_all(line.as_bytes())?;
        self.messages.flush()?;
        let mut answer = String::new();
        if self.answers.read_line(&mut answer)? == 0 {
            return Err(Error::from(ErrorKind::UnexpectedEof));
        }
        serde_json::from_str(&answer).map_err(Error::other)
    }
}

#[async_trait]
impl Notifier for Handed {
    async fn tell(&self, message: &Message) -> Result<(), Refusal> {
        let mut place = self.hand.lock().await;
        self.hand(&mut place, message).await.unwrap_or_else(|error| {
            let message = format!("the process that shows notifications ended: {error}");
            Err(Refusal::passing(message, "run `sosik notify test`; what is owed waits meanwhile"))
        })
    }
}
