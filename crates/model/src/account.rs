//! The ledger's words: accounts, transactions, leases.

use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::resource::RuleRef;
use crate::time::Window;
use crate::{CallId, Micros, Nanos};

/// The id of an account of the ledger, such as `wallet/acme` or `budget/marketing@1764547200`.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct AccountId(Arc<str>);

impl AccountId {
    /// The prepaid wallet of a team.
    pub fn wallet(team: &str) -> AccountId {
        AccountId(format!("wallet/{team}").into())
    }

    /// A budget in the window that begins at `start`.
    pub fn budget(name: &str, start: Micros) -> AccountId {
        AccountId(format!("budget/{name}@{}", start.0.div_euclid(1_000_000)).into())
    }

    /// What is set aside for a batch until it has ended: all of its funds together.
    pub fn batch(call: CallId) -> AccountId {
        AccountId(format!("batch/{call}").into())
    }

    /// What a team has consumed, whether it pays from a wallet or not. Only ever grows.
    pub fn usage(team: &str) -> AccountId {
        AccountId(format!("usage/{team}").into())
    }

    /// The other side of every movement of a kind: `world/topups`, `world/budgets`, `world/earned`,
    /// `world/consumed`. These have no floor.
    pub fn world(side: &str) -> AccountId {
        AccountId(format!("world/{side}").into())
    }

    /// An id as it stands in the store or a journal.
    pub fn raw(text: &str) -> AccountId {
        AccountId(text.into())
    }

    /// The text of the id.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the account may never fall below zero: wallets and budgets may not, nor what is set
    /// aside for a batch.
    pub fn has_floor(&self) -> bool {
        let floored = ["wallet/", "budget/", "batch/"];
        floored.iter().any(|start| self.0.starts_with(start))
    }
}

/// An id as it stands in a journal, where the text is shared already.
impl From<Arc<str>> for AccountId {
    fn from(text: Arc<str>) -> AccountId {
        AccountId(text)
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A source of money on which a call may draw, as the configuration describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fund {
    /// What it is.
    pub kind: FundKind,
    /// The resource that makes it (a `Team` or a `Budget`), for explaining a refusal.
    pub rule: RuleRef,
    /// The status of the answer when it is exhausted: 402, 429 or 403.
    pub on_exhausted: u16,
}

/// The kinds of [`Fund`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FundKind {
    /// The prepaid wallet of a team.
    Wallet {
        /// The team's name.
        team: Arc<str>,
    },
    /// A spending limit.
    Budget {
        /// The budget's name.
        name: Arc<str>,
        /// What may be spent in one window.
        limit: Nanos,
        /// How long a window lasts.
        window: Window,
        /// IANA time zone whose calendar the window follows.
        time_zone: Arc<str>,
        /// Whom it limits, for people: `team marketing`.
        scope: Arc<str>,
    },
}

impl Fund {
    /// Tells funds apart, whatever the window: `wallet/acme`, `budget/marketing`.
    pub fn key(&self) -> String {
        match &self.kind {
            FundKind::Wallet { team } => format!("wallet/{team}"),
            FundKind::Budget { name, .. } => format!("budget/{name}"),
        }
    }
}

/// A part of an account that one node may hold from without asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The account of the window that is open by the store's clock.
    pub account: AccountId,
    /// How much was added to the node's lease; zero where nothing is left.
    pub granted: Nanos,
    /// The account's balance, leased parts included.
    pub balance: Nanos,
    /// What of the balance all nodes have leased, this grant included.
    pub leased: Nanos,
    /// What of that other nodes have leased.
    pub elsewhere: Nanos,
    /// When the window ends; [`Micros::NEVER`] for a wallet.
    pub ends: Micros,
}

/// One movement on one account; negative leaves it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Entry {
    /// The account.
    pub account: AccountId,
    /// What is added to it.
    pub amount: Nanos,
}

/// Why a transaction was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TransactionKind {
    /// A wallet was topped up or reduced by hand.
    Credit,
    /// The window of a budget opened, or its limit changed.
    Allowance,
    /// The window of a budget closed.
    Close,
    /// Money was set aside for a batch, or came back since the batch was never made.
    Reserve,
    /// Calls were settled.
    Settlement,
    /// An earlier transaction was corrected.
    Correction,
}

impl TransactionKind {
    /// The word as it stands in the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            TransactionKind::Credit => "credit",
            TransactionKind::Allowance => "allowance",
            TransactionKind::Close => "close",
            TransactionKind::Reserve => "reserve",
            TransactionKind::Settlement => "settlement",
            TransactionKind::Correction => "correction",
        }
    }
}

/// A set of movements that sums to zero and happens once, told apart by its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Transaction {
    /// Chosen by whoever makes it; the same id again has no effect.
    pub id: String,
    /// Why it was made.
    pub kind: TransactionKind,
    /// When.
    pub at: Micros,
    /// Who made it.
    pub actor: String,
    /// For people.
    pub reason: String,
    /// At least two.
    pub entries: Vec<Entry>,
}

impl Transaction {
    /// Whether the entries sum to zero, as those of every transaction must.
    pub fn is_balanced(&self) -> bool {
        let sum = self
            .entries
            .iter()
            .fold(0i128, |sum, e| sum + i128::from(e.amount.get()));
        sum == 0 && self.entries.len() >= 2
    }
}

/// Who makes a transaction by hand, when and why.
#[derive(Clone, Copy, Debug)]
pub struct ByHand<'a> {
    /// Who.
    pub actor: &'a str,
    /// Why, for people.
    pub reason: &'a str,
    /// When.
    pub at: Micros,
}

/// The hand credit of a wallet: money that comes from outside the ledger.
pub fn wallet_credit(id: String, team: &str, amount: Nanos, by: ByHand<'_>) -> Transaction {
    let entry = |account, amount| Entry { account, amount };
    Transaction {
        id,
        kind: TransactionKind::Credit,
        at: by.at,
        actor: by.actor.to_owned(),
        reason: by.reason.to_owned(),
        entries: vec![
            entry(AccountId::wallet(team), amount),
            entry(AccountId::world("topups"), amount.negated()),
        ],
    }
}

/// What `ledger verify` found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LedgerReport {
    /// Accounts looked at.
    pub accounts: u64,
    /// Transactions looked at.
    pub transactions: u64,
    /// Settled calls looked at.
    pub calls: u64,
    /// Each broken invariant in a sentence that names the account or transaction. Empty is good.
    pub faults: Vec<String>,
}
