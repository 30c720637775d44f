//! `sosik status --watch`: a page that is drawn anew on a terminal, and elsewhere a line for what changed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{IsTerminal, Write, stdout};
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::Instant;

use super::common::Common;
use super::paint::{Paint, fit, out, out_json};
use super::report::{CliError, Exit};
use super::standing::Standing;
use super::status::Args;
use crate::model::date::rfc3339;
use crate::run::shape::{SourceStatus, Status};

/// The shortest time between two looks.
const SHORTEST: Duration = Duration::from_secs(1);

/// A look that takes long is worth so many times that of rest.
const REST: u32 = 20;

/// The alternate screen without a cursor.
const ENTER: &str = "\x1b[?1049h\x1b[?25l";

/// The terminal as it was.
const LEAVE: &str = "\x1b[?25h\x1b[?1049l";

/// The terminal, ours for a while; it is as it was when this is dropped.
struct Screen {
    has_colours: bool,
}

impl Screen {
    fn enter() -> Result<Self, CliError> {
        write(ENTER)?;
        Ok(Self { has_colours: std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) })
    }

    /// Draws a page from the top: each line in its place, what is left of the old one wiped out.
    fn draw(&self, head: &str, lines: &[String]) -> Result<(), CliError> {
        let (columns, rows) = size();
        let mut page = format!("\x1b[H{}\x1b[K", fit(head, columns));
        let room = rows.saturating_sub(2);
        let shown = if lines.len() > room { room.saturating_sub(1) } else { lines.len() };
        for line in &lines[..shown] {
            let _ = write!(page, "\r\n{}\x1b[K", fit(line, columns));
        }
        if shown < lines.len() {
            let _ = write!(page, "\r\n{}\x1b[K", format!("… {} more lines", lines.len() - shown).dim());
        }
        page.push_str("\x1b[J");
        if self.has_colours { write(&page) } else { write(&without_colours(&page)) }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = write(LEAVE);
    }
}

/// Shows how things stand until a signal ends it.
pub(super) async fn watch(common: &Common, args: &Args) -> Result<Exit, CliError> {
    let hear = |kind| signal(kind).map_err(CliError::Runtime);
    let mut ends = [hear(SignalKind::interrupt())?, hear(SignalKind::terminate())?, hear(SignalKind::hangup())?];
    let mut resized = hear(SignalKind::window_change())?;
    let screen = if stdout().is_terminal() && !args.is_json() { Some(Screen::enter()?) } else { None };
    let mut before: Option<Status> = None;
    loop {
        let began = Instant::now();
        let looked = args.look(common).await;
        match (&screen, looked) {
            (Some(screen), Ok(standing)) => screen.draw(&head(&standing), &args.lines(common, &standing))?,
            // The configuration may be in the middle of a change: what is wrong with it is shown, and looked at again.
            (Some(screen), Err(error)) => screen.draw(&"sosik".bold(), &[error.brief()])?,
            (None, Ok(standing)) => {
                tell(&standing, before.as_ref(), args, common)?;
                before = Some(standing.status);
            }
            (None, Err(error)) if before.is_none() => return Err(error),
            (None, Err(_)) => {}
        }
        let next = Instant::now() + SHORTEST.max(began.elapsed() * REST);
        tokio::select! {
            () = any(&mut ends) => return Ok(Exit::Fine),
            _ = resized.recv() => {}
            () = tokio::time::sleep_until(next) => {}
        }
    }
}

async fn any(signals: &mut [Signal; 3]) {
    let [one, two, three] = signals;
    tokio::select! {
        _ = one.recv() => {}
        _ = two.recv() => {}
        _ = three.recv() => {}
    }
}

/// Without a terminal: all at first, then what changed.
fn tell(standing: &Standing, before: Option<&Status>, args: &Args, common: &Common) -> Result<(), CliError> {
    let status = &standing.status;
    let Some(before) = before else {
        if args.is_json() {
            return out_json(status);
        }
        return args.lines(common, standing).iter().try_for_each(|line| out(line));
    };
    if args.is_json() {
        return if before == status { Ok(()) } else { out_json(status) };
    }
    let at = rfc3339(standing.now, 0);
    let known: BTreeMap<&str, &SourceStatus> =
        before.sources.iter().map(|source| (source.id.as_str(), source)).collect();
    for source in &status.sources {
        if known.get(source.id.as_str()) != Some(&source) {
            out(&format!("{at} {}", standing.line(source)))?;
        }
    }
    for gone in before.sources.iter().filter(|old| status.sources.iter().all(|source| source.id != old.id)) {
        out(&format!("{at} {} is no longer configured", gone.id))?;
    }
    match (&before.daemon, &status.daemon) {
        (Some(old), now) if now.as_ref() != Some(old) => {
            out(&format!("{at} the daemon (process {}) has ended", old.pid))?;
        }
        _ => {}
    }
    match &status.daemon {
        Some(now) if before.daemon.as_ref() != Some(now) => out(&format!("{at} a daemon runs (process {})", now.pid)),
        _ => Ok(()),
    }
}

fn head(standing: &Standing) -> String {
    let status = &standing.status;
    let who = match &status.daemon {
        Some(daemon) => format!("daemon {} since {}", daemon.pid, daemon.since),
        None => "no daemon runs".to_owned(),
    };
    let failing = status.sources.iter().filter(|source| source.error.is_some() && !source.paused).count();
    let failing = if failing == 0 { String::new() } else { format!(", {}", format!("{failing} failing").error()) };
    let now = rfc3339(standing.now, 0);
    format!("{}  {who}, {} sources{failing}  {}", "sosik".bold(), status.sources.len(), now.dim())
}

/// Columns and rows of the terminal.
fn size() -> (usize, usize) {
    match rustix::termios::tcgetwinsize(stdout()) {
        Ok(size) if size.ws_col > 0 && size.ws_row > 0 => (size.ws_col.into(), size.ws_row.into()),
        Ok(_) | Err(_) => (80, 24),
    }
}

/// Writes to the terminal itself.
fn write(text: &str) -> Result<(), CliError> {
    let mut terminal = stdout().lock();
    terminal.write_all(text.as_bytes()).and_then(|()| terminal.flush()).map_err(CliError::Output)
}

/// What moves the cursor stays; what colours (`ESC [ … m`) goes.
fn without_colours(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("\x1b[") {
        kept.push_str(&rest[..start]);
        let code = &rest[start..];
        let end = code.char_indices().skip(2).find(|(_, letter)| letter.is_ascii_alphabetic());
        let end = end.map_or(code.len(), |(at, _)| at + 1);
        if !code[..end].ends_with('m') {
            kept.push_str(&code[..end]);
        }
        rest = &code[end..];
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_go_and_the_cursor_moves_all_the_same() {
        let page = format!("\x1b[H{}\x1b[K\r\n{}", "bold".bold(), "x".error());
        assert_eq!(without_colours(&page), "\x1b[Hbold\x1b[K\r\nx");
        assert_eq!(without_colours(ENTER), ENTER);
    }
}
