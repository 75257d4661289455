//! The prepaid money of teams.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tollgate_model::account::{AccountId, ByHand, Transaction, wallet_credit};
use tollgate_model::resource::{Kind, Spec};
use tollgate_model::resources::Billing;
use tollgate_model::{Name, Nanos};
use tollgate_store::{Account, Store, StoreError, TransactionCursor};

use crate::access::Principal;
use crate::control::Till;
use crate::extract::{Body, IdempotencyKey, Path, name};
use crate::failure::{missing, store_failed};
use crate::problem::Problem;
use crate::random;
use crate::schema::{Page, described};
use crate::transactions::TransactionView;

/// The wallet of a team.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Wallet")]
pub(crate) struct WalletView {
    /// The team.
    pub team: Name,
    /// How the team pays. Only calls of a prepaid team are paid from its wallet.
    pub billing: Billing,
    /// What is in it.
    pub balance: Nanos,
    /// The part of it that nodes have set aside, for calls that are under way or to come.
    pub leased: Nanos,
    /// The part of it that nobody has set aside.
    pub available: Nanos,
}

/// Wallets.
pub(crate) type WalletPage = Page<WalletView>;

/// Money to be added to a wallet.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreditBody {
    /// Dollars; negative takes money back, at most what nobody has set aside.
    amount: Nanos,
    /// Why, for whoever reads the ledger.
    reason: String,
}

/// A credit that was made.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Credited {
    /// What was written into the ledger.
    pub transaction: TransactionView,
    /// Whether it had been written before, by a request with the same `Idempotency-Key`.
    pub repeated: bool,
    /// The wallet after it.
    #[serde(flatten)]
    pub wallet: WalletView,
}

described!(WalletView, WalletPage, CreditBody, Credited);

/// How many transactions are read at once where one has to be found.
const TRANSACTIONS_AT_ONCE: u32 = 200;

/// The wallets of prepaid teams, and of every team that has money in one
#[utoipa::path(get, path = "/wallets", tag = "money", operation_id = "list_wallets",
    responses((status = 200, description = "The wallets.", body = WalletPage)))]
pub(crate) async fn list(State(store): State<Store>) -> Result<Json<WalletPage>, Problem> {
    let mut accounts = accounts(&store).await?;
    let (_, resources) = store.snapshot_resources().await.map_err(store_failed)?;
    let wallets = resources
        .into_iter()
        .filter_map(|resource| match &resource.spec {
            Spec::Team(team) => {
                let account = accounts.remove(&AccountId::wallet(resource.name.as_str()));
                let has_wallet = team.billing == Billing::Prepaid || account.is_some();
                has_wallet.then(|| view(resource.name.clone(), team.billing, account.as_ref()))
            }
            _ => None,
        });
    Ok(Json(Page::whole(wallets.collect())))
}

/// The wallet of a team
#[utoipa::path(get, path = "/wallets/{team}", tag = "money", operation_id = "get_wallet",
    params(("team" = String, Path, description = "The team.")),
    responses((status = 200, description = "The wallet.", body = WalletView)))]
pub(crate) async fn get(
    State(store): State<Store>,
    Path(team): Path<String>,
) -> Result<Json<WalletView>, Problem> {
    let team = name(&team)?;
    let billing = billing(&store, &team).await?;
    wallet(&store, team, billing).await.map(Json)
}

/// Add money to a wallet, or take it back
///
/// With an `Idempotency-Key`, a request that is sent again has its effect once; the same key with
/// another payload is refused.
#[utoipa::path(post, path = "/wallets/{team}/credit", tag = "money", operation_id = "credit_wallet",
    params(("team" = String, Path, description = "The team."),
        ("idempotency-key" = Option<String>, Header,
            description = "Sent again with the same key, the credit is made once.")),
    request_body = CreditBody,
    responses((status = 201, description = "It was made.", body = Credited),
        (status = 200, description = "It had been made before.", body = Credited)))]
pub(crate) async fn credit(
    State(till): State<Till>,
    principal: Principal,
    Path(team): Path<String>,
    IdempotencyKey(key): IdempotencyKey,
    Body(body): Body<CreditBody>,
) -> Result<(StatusCode, Json<Credited>), Problem> {
    let (team, store) = (name(&team)?, &till.store);
    let billing = billing(store, &team).await?;
    check(&body)?;
    let (id, actor, now) = (transaction_id(key)?, principal.actor(), (till.clock)());
    let (amount, reason) = (body.amount, body.reason.trim());
    let wanted = wallet_credit(
        id,
        team.as_str(),
        amount,
        ByHand {
            actor,
            reason,
            at: now,
        },
    );
    let fresh = store.post(&wanted).await.map_err(|error| match error {
        StoreError::Conflict(_) => {
            Problem::conflict("This Idempotency-Key was used for another credit; choose a new one.")
        }
        other => store_failed(other),
    })?;
    let posted = match fresh {
        true => wanted,
        false => posted(store, &wanted).await?,
    };
    till.runtime.refresh_funds().await;
    let credited = Credited {
        transaction: posted.into(),
        repeated: !fresh,
        wallet: wallet(store, team, billing).await?,
    };
    let status = if fresh {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((status, Json(credited)))
}

fn check(body: &CreditBody) -> Result<(), Problem> {
    if body.amount.is_zero() {
        return Err(Problem::bad_request("The amount is nothing.").at("#/amount"));
    }
    match body.reason.trim().chars().count() {
        1..=500 => Ok(()),
        0 => {
            let detail = "Give a reason, for whoever reads the ledger.";
            Err(Problem::bad_request(detail).at("#/reason"))
        }
        _ => Err(Problem::bad_request("The reason is longer than 500 letters.").at("#/reason")),
    }
}

/// The id of the transaction: made of the caller's key, or random.
fn transaction_id(key: Option<String>) -> Result<String, Problem> {
    if let Some(key) = key {
        return Ok(format!("credit/{key}"));
    }
    let random = u128::from_be_bytes(random::bytes()?);
    Ok(format!("credit/{random:032x}"))
}

/// The transaction of this id that was posted before; the store has compared the movements.
async fn posted(store: &Store, wanted: &Transaction) -> Result<Transaction, Problem> {
    let account = wanted.entries.first().map(|entry| entry.account.clone());
    let mut before: Option<TransactionCursor> = None;
    loop {
        let page = store
            .transactions(account.as_ref(), before, TRANSACTIONS_AT_ONCE)
            .await;
        let page = page.map_err(store_failed)?;
        before = page.last().map(|last| (last.at, last.id.clone()));
        let found = page.into_iter().find(|posted| posted.id == wanted.id);
        match (found, &before) {
            (Some(found), _) if found.reason == wanted.reason => return Ok(found),
            (Some(_), _) => {
                let detail = "This Idempotency-Key was used for a credit with another reason.";
                return Err(Problem::conflict(detail));
            }
            (None, Some(_)) => {}
            (None, None) => {
                return Err(Problem::internal(format!(
                    "transaction {} is gone",
                    wanted.id
                )));
            }
        }
    }
}

async fn billing(store: &Store, team: &Name) -> Result<Billing, Problem> {
    let found = store.get(Kind::Team, team).await.map_err(store_failed)?;
    match found.map(|stored| stored.resource.spec) {
        Some(Spec::Team(spec)) => Ok(spec.billing),
        _ => Err(missing(store, Kind::Team, team).await),
    }
}

async fn wallet(store: &Store, team: Name, billing: Billing) -> Result<WalletView, Problem> {
    let account = store
        .account(&AccountId::wallet(team.as_str()))
        .await
        .map_err(store_failed)?;
    Ok(view(team, billing, account.as_ref()))
}

/// Every wallet's account.
async fn accounts(store: &Store) -> Result<BTreeMap<AccountId, Account>, Problem> {
    let mut all = BTreeMap::new();
    let mut after = None;
    loop {
        let page = store
            .accounts("wallet/", after.as_ref(), 1_000)
            .await
            .map_err(store_failed)?;
        after = page.last().map(|last| last.id.clone());
        all.extend(
            page.into_iter()
                .map(|account| (account.id.clone(), account)),
        );
        if after.is_none() {
            return Ok(all);
        }
    }
}

fn view(team: Name, billing: Billing, account: Option<&Account>) -> WalletView {
    let balance = account.map(|account| account.balance).unwrap_or_default();
    let leased = account.map(|account| account.leased).unwrap_or_default();
    WalletView {
        team,
        billing,
        balance,
        leased,
        available: balance.saturating_sub(leased),
    }
}
