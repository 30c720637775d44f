//! `sosik notify show`: shows for a command that ends before anybody can click, and stays while there is something to.
//!
//! A message in JSON a line on standard input, an answer a line on standard output. It holds no state: what is clicked
//! is written by whoever holds it then.

use std::time::Duration;

use tokio::sync::mpsc;
use tracing::debug;

use super::super::common::{Common, env};
use super::super::paint::out;
use super::super::remote::Hand;
use super::super::report::{CliError, Exit};
use crate::app::App;
use crate::deliver::{QUIET, keep};
use crate::notify::contract::{Message, Notifier, Refusal};
use crate::notify::desktop::{Act, CHANNEL, Desktop, Handed};

/// How long it stays for clicks: notifications that nobody wants must not gather processes.
const STAYS: Duration = Duration::from_hours(1);

/// Tries to write down what was clicked, a second apart: a refresh may hold the state.
const TRIES: u32 = 30;

/// Lets a process of its own show what `app` tells on the desktop.
pub(in super::super) fn hand(common: &Common, app: &mut App) {
    // Without it the notification is shown by us, and cannot be clicked.
    let Ok(program) = std::env::current_exe() else { return };
    app.hand_desktop(Handed::new(program, common.arguments(&["notify", "show"])));
}

pub(super) async fn run(common: &Common) -> Result<Exit, CliError> {
    let config = common.load()?;
    let desktop = App::read(config, Common::clock(), &env).await?.desktop();
    let mut lines = lines();
    desktop.get_ready().await;
    loop {
        let line = tokio::select! {
            line = lines.recv() => line,
            act = desktop.next_act() => {
                carry_out(common, &act).await;
                continue;
            }
        };
        let Some(line) = line else { break };
        if lines.is_closed() {
            // Whoever asked is gone before it could note the answer: the next one asks again, and it is shown then.
            break;
        }
        let answer = match serde_json::from_str::<Message>(&line) {
            Ok(message) => desktop.tell(&message).await,
            Err(error) => Err(Refusal::passing(error.to_string(), "this is an inner command: use `sosik notify test`")),
        };
        out(&serde_json::to_string(&answer).unwrap_or_default())?;
    }
    let _ = tokio::time::timeout(STAYS, attend(common, &desktop)).await;
    Ok(Exit::Fine)
}

/// The lines of standard input, read beside everything else.
fn lines() -> mpsc::UnboundedReceiver<String> {
    let (sender, lines) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    lines
}

/// Writes down what is clicked until nothing more can be.
async fn attend(common: &Common, desktop: &Desktop) {
    loop {
        tokio::select! {
            biased;
            act = desktop.next_act() => carry_out(common, &act).await,
            () = desktop.all_ended() => break,
        }
    }
    // The last click ends the last notification.
    while let Some(act) = desktop.unheard_act().await {
        carry_out(common, &act).await;
    }
}

async fn carry_out(common: &Common, act: &Act) {
    for _ in 0..TRIES {
        match write(common, act).await {
            Ok(()) => return,
            Err(error) => debug!(%error, "what was clicked is not written down yet"),
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn write(common: &Common, act: &Act) -> Result<(), CliError> {
    let now = Common::clock().now();
    match (Hand::on(common, common.load_for_writing()?).await?, act) {
        (Hand::Ours(app), act) => keep(&*app.store, act, now).await?,
        (Hand::Daemon(remote), Act::Seen(messages)) => remote.client.seen(messages).await?,
        (Hand::Daemon(remote), Act::Quiet) => remote.client.quiet(CHANNEL, Some(now + QUIET)).await?,
    }
    Ok(())
}
