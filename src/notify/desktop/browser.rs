//! Opens what was clicked: by argv and never a shell, web addresses only.

use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use tracing::{debug, warn};

/// Opens an address in the person's browser.
pub(super) fn open(address: &str) {
    if !is_web(address) {
        warn!(%address, "not opened: only http and https are");
        return;
    }
    let is_service = std::env::var_os("INVOCATION_ID").is_some();
    let has_screen = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    let opener = ["xdg-open", address];
    // A browser must not live within the bounds of our service, and a service that came before the desktop knows no
    // screen: systemd's own manager starts it beside us, with the screen that the desktop told it.
    let by_manager = ["systemd-run", "--user", "--quiet", "--collect", "--no-block", "--", opener[0], opener[1]];
    let tries: &[&[&str]] = if is_service || !has_screen { &[&by_manager, &opener] } else { &[&opener] };
    for command in tries {
        match started(command) {
            Ok(()) => {
                debug!(%address, "opened by {}", command[0]);
                return;
            }
            Err(error) => warn!(%address, %error, "{} does not start", command[0]),
        }
    }
}

/// Whether it is an address of the web.
pub(super) fn is_web(address: &str) -> bool {
    url::Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

fn started(command: &[&str]) -> std::io::Result<()> {
    let mut child = Command::new(command[0])
        .args(&command[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()?;
    // A browser may stay for hours; whoever waits for it holds nothing else up.
    std::thread::spawn(move || {
        let _ = child.wait();
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_web_is_opened() {
        for good in ["https://x.org/글", "http://127.0.0.1:80/a?b=c#d"] {
            assert!(is_web(good), "{good}");
        }
        for bad in ["", "file:///etc/passwd", "javascript:alert(1)", "-x", "x.org", "mailto:a@b.c", "HTTPS"] {
            assert!(!is_web(bad), "{bad}");
        }
    }
}
