//! `tollgate import`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use tollgate_import::{Flavour, Plan, litellm, openrouter, portkey};

use crate::failure::Failure;
use crate::globals::Globals;
use crate::import::{self, Aim, Database};

/// Take over the configuration of another gateway
///
/// Says what is taken over, changed and left out, and shows the resources that would be made as a
/// difference to what is there. Nothing is changed without `--apply`.
#[derive(Subcommand, Debug)]
#[command(
    after_help = "Examples:\n  tollgate import litellm config.yaml\n  tollgate import one-api \
                  one-api.db --apply\n  tollgate import portkey configs.json --out gateway/"
)]
pub(crate) enum Import {
    Litellm(Litellm),
    OneApi(OneApi),
    NewApi(NewApi),
    Openrouter(Openrouter),
    Portkey(Portkey),
}

/// Take over a config of LiteLLM's proxy: models, fallbacks, budgets, and its keys
#[derive(Args, Debug)]
pub(crate) struct Litellm {
    /// The proxy's `config.yaml`, or `-` for stdin
    #[arg(value_name = "FILE")]
    file: String,
    /// The answer of `/key/list?return_full_object=true`: callers go on with their keys
    #[arg(long, value_name = "FILE")]
    keys: Option<String>,
    #[command(flatten)]
    aim: Goal,
}

/// Take over one-api: channels, models, users with their quota, and tokens
#[derive(Args, Debug)]
pub(crate) struct OneApi {
    #[command(flatten)]
    from: From,
    #[command(flatten)]
    aim: Goal,
}

/// Take over new-api: channels, models, users with their quota, and tokens
#[derive(Args, Debug)]
pub(crate) struct NewApi {
    #[command(flatten)]
    from: From,
    #[command(flatten)]
    aim: Goal,
}

/// Take over OpenRouter's presets, routing preferences and keys
#[derive(Args, Debug)]
pub(crate) struct Openrouter {
    /// JSON or YAML: a preset or request, several of them, or the answer of `/api/v1/keys`
    #[arg(value_name = "FILE")]
    file: String,
    #[command(flatten)]
    aim: Goal,
}

/// Take over Portkey's gateway configs
#[derive(Args, Debug)]
pub(crate) struct Portkey {
    /// JSON or YAML: a config, several under `configs`, virtual keys under `virtual_keys`
    #[arg(value_name = "FILE")]
    file: String,
    #[command(flatten)]
    aim: Goal,
}

/// What to do with what was read.
#[derive(Args, Debug)]
struct Goal {
    /// Make the resources, keep the secrets, credit the wallets
    #[arg(long, conflicts_with = "out")]
    apply: bool,
    /// Write the resources into a file (`.yaml`) or a folder instead; no process has to run
    #[arg(long, value_name = "DIR|FILE")]
    out: Option<PathBuf>,
}

/// Where the rows of one-api come from.
#[derive(Args, Debug)]
struct From {
    /// Its SQLite file, a dump of its MySQL database (`.sql`), or its address (`https://…`)
    #[arg(value_name = "SOURCE")]
    source: String,
    /// File with an administrator's access token, for an address [variable: TOLLGATE_IMPORT_TOKEN]
    #[arg(long, value_name = "FILE")]
    token_file: Option<String>,
    /// Id of the user to whom the access token belongs, for an address of new-api
    #[arg(long, value_name = "ID", default_value = "1")]
    user: String,
    /// Quota that is a dollar [default: what the source says, or 500000]
    #[arg(long, value_name = "NUMBER")]
    quota_per_dollar: Option<String>,
}

impl Import {
    /// Runs the verb.
    pub(crate) async fn run(self, globals: &Globals) -> Result<(), Failure> {
        let (source, plan, goal) = match self {
            Import::Litellm(verb) => {
                let plan = verb.plan()?;
                ("LiteLLM", plan, verb.aim)
            }
            Import::OneApi(verb) => {
                let plan = verb.from.plan(Flavour::OneApi, globals).await?;
                ("one-api", plan, verb.aim)
            }
            Import::NewApi(verb) => {
                let plan = verb.from.plan(Flavour::NewApi, globals).await?;
                ("new-api", plan, verb.aim)
            }
            Import::Openrouter(verb) => {
                let text = import::text(&verb.file)?;
                let plan = openrouter(text.source()).map_err(import::unusable)?;
                ("OpenRouter", plan, verb.aim)
            }
            Import::Portkey(verb) => {
                let text = import::text(&verb.file)?;
                let plan = portkey(text.source()).map_err(import::unusable)?;
                ("Portkey", plan, verb.aim)
            }
        };
        let aim = match goal.out {
            Some(path) => Aim::Write(path),
            None if goal.apply => Aim::Apply,
            None => Aim::Show,
        };
        import::run(source, plan, aim, globals).await
    }
}

impl Litellm {
    fn plan(&self) -> Result<Plan, Failure> {
        let config = import::text(&self.file)?;
        let keys = self.keys.as_deref().map(import::text).transpose()?;
        let keys = keys.as_ref().map(import::Text::source);
        litellm(config.source(), keys).map_err(import::unusable)
    }
}

impl From {
    async fn plan(&self, flavour: Flavour, globals: &Globals) -> Result<Plan, Failure> {
        let database = Database {
            source: &self.source,
            flavour,
            token_file: self.token_file.as_deref(),
            user: &self.user,
        };
        let tables = database.read(globals.output()).await?;
        let quota = self.quota_per_dollar.as_deref();
        tollgate_import::one_api(tables, flavour, quota).map_err(import::unusable)
    }
}
