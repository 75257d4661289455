//! `tollgate serve`.

use clap::Args;

use crate::config::{Settings, Sources};
use crate::failure::Failure;
use crate::globals::Globals;

/// Run the gateway; what `tollgate` does without a verb
///
/// The first start makes the data folder, a team, an application and an API key, and registers the
/// providers whose API keys are in the environment.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Serve {
    /// Where the gateway listens [default: 0.0.0.0:8402] [variable: TOLLGATE_GATEWAY]
    #[arg(long, value_name = "ADDR")]
    gateway: Option<String>,
    /// What the process does: all, gateway, control [default: all] [variable: TOLLGATE_ROLE]
    #[arg(long, value_name = "ROLE")]
    role: Option<String>,
}

impl Serve {
    /// The settings of the process: flags beat variables beat the file.
    pub(crate) fn settings(self, globals: &Globals) -> Result<Settings, Failure> {
        let data = globals.data.as_ref().map(|path| path.display().to_string());
        let given = [
            ("data", data),
            ("control", globals.control.clone()),
            ("gateway", self.gateway),
            ("role", self.role),
        ];
        let flags: Vec<_> = given
            .into_iter()
            .filter_map(|(member, text)| Some((member, text?)))
            .collect();
        Settings::load(&Sources {
            file: globals.config.as_deref(),
            flags: &flags,
            variable: &|name| std::env::var(name).ok(),
        })
    }
}
