//! What checks are told from. Nothing here is measured; it is given.

use std::net::SocketAddr;
use std::sync::Arc;

use tollgate_model::account::{AccountId, LedgerReport};
use tollgate_model::call::FailureClass;
use tollgate_model::probe::Probe;
use tollgate_model::resources::KeySpec;
use tollgate_model::{Micros, Name, Nanos, Reason, Resource, Snapshot};

pub(crate) use crate::known::known;
pub use crate::known::{Known, Unknown};
use crate::sale::Sale;

/// A key as it is stored.
#[derive(Clone, Debug)]
pub struct KeyFacts {
    /// Its name.
    pub name: Name,
    /// What it says.
    pub spec: KeySpec,
}

/// The wallet of a team, or one that is left of a team that is gone.
#[derive(Clone, Debug)]
pub struct WalletFacts {
    /// The team's name.
    pub team: String,
    /// What is in it.
    pub balance: Nanos,
}

/// What a team has spent of late.
#[derive(Clone, Debug)]
pub struct SpendingFacts {
    /// The team's name.
    pub team: String,
    /// Calls in the last seven days.
    pub calls: u64,
    /// What they cost.
    pub cost: Nanos,
}

/// What is spent of a budget in its window.
#[derive(Clone, Debug)]
pub struct WindowFacts {
    /// The budget's name.
    pub budget: Name,
    /// What is spent.
    pub spent: Nanos,
    /// When the window ends.
    pub ends: Micros,
}

/// What a node has leased of an account.
#[derive(Clone, Debug)]
pub struct LeaseFacts {
    /// The node.
    pub node: String,
    /// The account.
    pub account: AccountId,
    /// How much.
    pub amount: Nanos,
}

/// Calls that were refused or failed for the same reason, by the same rule, of one application.
#[derive(Clone, Debug)]
pub struct RefusalFacts {
    /// Why.
    pub reason: Reason,
    /// The resource that said no, with its revision.
    pub rule: Option<String>,
    /// The application; absent before a key was known.
    pub application: Option<String>,
    /// How many, in the last day.
    pub calls: u64,
    /// The last of them.
    pub last: Micros,
    /// The id of the last of them.
    pub call: String,
}

/// A credential that failed when it was last used.
#[derive(Clone, Debug)]
pub struct CredentialFacts {
    /// The provider's name.
    pub provider: String,
    /// The credential's name; absent where the provider needs none.
    pub credential: Option<String>,
    /// How it failed.
    pub class: FailureClass,
    /// When.
    pub since: Micros,
    /// What the provider said, redacted.
    pub said: String,
}

/// What came of asking a provider for its models.
#[derive(Clone, Debug)]
pub struct ProbeFacts {
    /// The provider's name.
    pub provider: String,
    /// The credential's name; absent where the provider needs none.
    pub credential: Option<String>,
    /// What came of it.
    pub probe: Probe,
    /// Our clock when the answer came.
    pub at: Micros,
}

/// How the gateway answered at a path where no wall may stand.
#[derive(Clone, Debug)]
pub struct DoorFacts {
    /// The method and the path, such as `GET /robots.txt`.
    pub asked: String,
    /// The status of the answer.
    pub status: u16,
}

/// Where the prices of the catalogue come from.
#[derive(Clone, Debug)]
pub struct PricesFacts {
    /// For people.
    pub source: String,
    /// When they were taken.
    pub taken: Micros,
}

/// What the database tells of itself.
#[derive(Clone, Debug)]
pub struct DatabaseFacts {
    /// `SQLite` or `PostgreSQL`.
    pub engine: &'static str,
    /// Its version.
    pub version: String,
    /// Microseconds that a question takes, the least of several.
    pub latency: u64,
    /// How far its clock is ahead of ours, in microseconds; negative where it is behind.
    pub ahead: i64,
}

/// Space of the disk on which the data folder lies, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Disk {
    /// What this user may still write.
    pub free: u64,
    /// All of it.
    pub total: u64,
}

/// Open files and sockets.
#[derive(Clone, Copy, Debug)]
pub struct OpenFiles {
    /// How many are open.
    pub open: u64,
    /// How many may be.
    pub limit: u64,
}

/// Memory, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// What the process has.
    pub used: u64,
    /// What the machine could still give.
    pub available: u64,
    /// What the machine has.
    pub total: u64,
}

/// An entry of the data folder.
#[derive(Clone, Debug)]
pub struct FileFacts {
    /// Its name in the folder; empty is the folder itself.
    pub name: String,
    /// Its mode: 0o600.
    pub mode: u32,
}

/// A line of the log that tells of a trouble.
#[derive(Clone, Debug)]
pub struct LogLine {
    /// When it was last written.
    pub at: Micros,
    /// Whether it was an error; else it was a warning.
    pub is_error: bool,
    /// The line.
    pub text: String,
    /// How often it was written.
    pub times: u64,
}

/// The process and its machine.
#[derive(Clone, Debug)]
pub struct ServerFacts {
    /// Whether a process serves; else the data folder was looked at by itself.
    pub serves: bool,
    /// Where the control side listens.
    pub control: Option<SocketAddr>,
    /// The names under which it is reached besides loopback: there is a proxy before it.
    pub control_hosts: Vec<String>,
    /// The files of the data folder that hold secrets or money, and the folder.
    pub files: Vec<FileFacts>,
    /// The disk.
    pub disk: Known<Disk>,
    /// Bytes of the journal that the store does not have yet.
    pub backlog: u64,
    /// Bytes of journals of an earlier process that ended out of order.
    pub unsettled: u64,
    /// Open files.
    pub open_files: Known<OpenFiles>,
    /// Memory.
    pub memory: Known<Memory>,
    /// How much further the clock on the wall went than a clock that cannot be set, since the start,
    /// in microseconds; negative where it was set back.
    pub set_forward: i64,
    /// Warnings and errors of the log since the start, the newest last.
    pub log: Vec<LogLine>,
    /// What does not work right now, in sentences.
    pub troubles: Vec<String>,
}

/// Everything.
pub struct Facts {
    /// The time.
    pub now: Micros,
    /// The node that looks.
    pub node: String,
    /// Whether this node is the only one that can work on the store.
    pub alone: bool,
    /// The newest revision of the configuration.
    pub revision: u64,
    /// Every resource but the keys.
    pub resources: Vec<Resource>,
    /// The configuration in force.
    pub snapshot: Arc<Snapshot>,
    /// The keys.
    pub keys: Known<Vec<KeyFacts>>,
    /// Stored secrets that cannot be opened, each with the reason.
    pub sealed: Known<Vec<(String, String)>>,
    /// The people who may use the console.
    pub people: Known<usize>,
    /// The wallets that were ever used.
    pub wallets: Known<Vec<WalletFacts>>,
    /// What teams spent.
    pub spending: Known<Vec<SpendingFacts>>,
    /// The windows of budgets.
    pub windows: Known<Vec<WindowFacts>>,
    /// What is leased.
    pub leases: Known<Vec<LeaseFacts>>,
    /// What was refused in the last day.
    pub refusals: Known<Vec<RefusalFacts>>,
    /// Credentials that failed when they were last used.
    pub credentials: Vec<CredentialFacts>,
    /// Providers that were asked.
    pub probes: Known<Vec<ProbeFacts>>,
    /// Where the gateway of this process listens.
    pub gateway: Option<SocketAddr>,
    /// Paths where no wall may stand.
    pub doors: Known<Vec<DoorFacts>>,
    /// Prices.
    pub prices: PricesFacts,
    /// What the simulated transaction came to.
    pub sale: Sale,
    /// What `ledger verify` found.
    pub ledger: Known<LedgerReport>,
    /// The database.
    pub database: Known<DatabaseFacts>,
    /// The server.
    pub server: Known<ServerFacts>,
}
