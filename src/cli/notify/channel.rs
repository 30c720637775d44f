//! The channels of the configuration, as a command names them.

use super::super::report::CliError;
use crate::config::Config;

/// That a channel has this name.
pub(super) fn known(channel: &str, config: &Config) -> Result<(), CliError> {
    let names: Vec<&str> = config.notify.channels().into_iter().map(|(name, _)| name).collect();
    if names.contains(&channel) {
        return Ok(());
    }
    Err(CliError::Usage {
        message: format!("there is no channel {channel:?}"),
        help: format!("known are: {}", names.join(", ")),
    })
}
