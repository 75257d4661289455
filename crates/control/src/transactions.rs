//! Transactions and accounts of the ledger as the API shows them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tollgate_model::Nanos;
use tollgate_model::account::{AccountId, Entry, Transaction, TransactionKind};
use tollgate_store::Account;

/// A set of movements that sums to zero.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Transaction")]
pub(crate) struct TransactionView {
    /// Its id.
    pub id: String,
    /// Why it was made.
    pub kind: TransactionKind,
    /// When, as RFC 3339.
    pub at: String,
    /// Who made it.
    pub actor: String,
    /// For people.
    pub reason: String,
    /// The movements.
    pub entries: Vec<Entry>,
}

/// An account of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Account")]
pub(crate) struct AccountView {
    /// Its id, such as `wallet/acme`.
    pub id: AccountId,
    /// The sum of its entries.
    pub balance: Nanos,
    /// The part of it that nodes have set aside for calls.
    pub leased: Nanos,
    /// When the window opened, for that of a budget, as RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens: Option<String>,
    /// When the window ends, for that of a budget, as RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes: Option<String>,
    /// Whether the window is over and what was left of it has gone back.
    pub closed: bool,
}

impl From<Transaction> for TransactionView {
    fn from(transaction: Transaction) -> TransactionView {
        TransactionView {
            id: transaction.id,
            kind: transaction.kind,
            at: transaction.at.to_string(),
            actor: transaction.actor,
            reason: transaction.reason,
            entries: transaction.entries,
        }
    }
}

impl From<Account> for AccountView {
    fn from(account: Account) -> AccountView {
        AccountView {
            id: account.id,
            balance: account.balance,
            leased: account.leased,
            opens: account.opens.map(|at| at.to_string()),
            closes: account.closes.map(|at| at.to_string()),
            closed: account.closed,
        }
    }
}
