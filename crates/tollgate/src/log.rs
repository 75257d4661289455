//! The log of operational events, on stderr.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

use crate::failure::Failure;

/// Starts the log. `filter` is a level, or levels by part: `warn,tollgate_gateway=debug`.
pub(crate) fn start(filter: &str, colour: bool) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(filter)
        .map_err(|why| Failure::Usage(format!("log: \"{filter}\" is no filter: {why}")))?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(colour && io::stderr().is_terminal())
        .try_init()
        .map_err(|why| Failure::fault("cannot start the log", why))
}
