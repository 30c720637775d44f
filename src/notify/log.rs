//! The log: a message as a line among the program's own, or as a line of JSON in a file.
//!
//! The file is opened for each message, so whoever rotates it may move it away at any time.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tracing::info;

use super::contract::{Message, Notifier, Refusal};
use super::parts::{json, part};
use super::settings::{KeyFault, Need, Path, Settings};

/// The `[[notify.log]]` table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// What it is called.
    pub name: String,
    /// The file that gets the lines; without it the program's log does.
    pub file: Option<String>,
}

impl Settings for Options {
    fn name(&self) -> &str {
        &self.name
    }

    fn path(&mut self) -> Option<Path<'_>> {
        Some(Path { key: "file", path: self.file.as_mut()?, need: Need::Writable })
    }

    fn faults(&self) -> Vec<KeyFault> {
        Vec::new()
    }
}

/// A log that takes messages.
pub struct Log {
    options: Options,
}

impl Log {
    /// The log of these options.
    pub fn new(options: &Options) -> Self {
        Self { options: options.clone() }
    }
}

#[async_trait]
impl Notifier for Log {
    async fn tell(&self, message: &Message) -> Result<(), Refusal> {
        let Some(file) = self.options.file.clone() else {
            info!(
                channel = self.options.name,
                delivery.id = message.id,
                kind = part(message, "kind"),
                source.id = part(message, "source_id"),
                link = part(message, "link"),
                count = message.count,
                "{}",
                message.notice.summary
            );
            return Ok(());
        };
        let line = format!("{}\n", json(message));
        let written = tokio::task::spawn_blocking({
            let file = file.clone();
            move || append(&file, &line)
        });
        let written = written.await.unwrap_or_else(|stopped| Err(std::io::Error::other(stopped)));
        written.map_err(|error| {
            let help = "see `file` of the channel: its folder is there and this user may write into it";
            Refusal::passing(format!("{file} cannot be written: {error}"), help)
        })
    }
}

/// Titles of what somebody reads are nobody else's business: a new file is its user's alone.
fn append(file: &str, line: &str) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new().append(true).create(true).mode(0o600).open(file)?;
    file.write_all(line.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::super::examples::{digest, post};
    use super::*;

    #[tokio::test]
    async fn each_message_is_a_line_of_json_also_after_the_file_was_moved() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("news.jsonl");
        let log = Log::new(&Options { name: "x".into(), file: Some(file.display().to_string()) });
        log.tell(&post()).await.unwrap();
        log.tell(&digest(2)).await.unwrap();
        let moved = folder.path().join("news.jsonl.1");
        std::fs::rename(&file, &moved).unwrap();
        log.tell(&post()).await.unwrap();
        let read = |path: &std::path::Path| -> Vec<Message> {
            let text = std::fs::read_to_string(path).unwrap();
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
        };
        assert_eq!(read(&moved), [post(), digest(2)]);
        assert_eq!(read(&file), [post()]);
        std::fs::remove_dir_all(folder.path()).unwrap();
        let refusal = log.tell(&post()).await.unwrap_err();
        assert!(
            refusal.message.ends_with("cannot be written: No such file or directory (os error 2)") && !refusal.lasting
        );
    }
}
