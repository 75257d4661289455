//! The ledger: accounts, transactions, and whether it all adds up.

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tollgate_model::Micros;
use tollgate_model::account::{AccountId, LedgerReport};
use tollgate_store::{Store, TransactionCursor};

use crate::extract::{Parameters, page_size};
use crate::failure::store_failed;
use crate::problem::Problem;
use crate::schema::{Page, described};
use crate::transactions::{AccountView, TransactionView};

/// What a check of the whole ledger found.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct Verification(pub LedgerReport);

/// Transactions, a page at a time.
pub(crate) type TransactionPage = Page<TransactionView>;

/// Accounts, a page at a time.
pub(crate) type AccountPage = Page<AccountView>;

described!(Verification, TransactionPage, AccountPage);

/// Which transactions to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TransactionQuery {
    /// Only those that touch this account, such as `wallet/acme`.
    account: Option<String>,
    /// The `next` of the page before.
    before: Option<String>,
    /// How many, from 1 to 1000; 100 where it is left out.
    limit: Option<u32>,
}

/// Which accounts to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AccountQuery {
    /// Only those whose ids begin so, such as `wallet/`.
    prefix: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// How many, from 1 to 1000; 100 where it is left out.
    limit: Option<u32>,
}

/// Check the whole ledger
///
/// That every transaction sums to zero, that balances follow from entries, that no account is below
/// its floor, and that what teams have consumed is what their calls cost. Reads everything.
#[utoipa::path(get, path = "/ledger/verify", tag = "money", operation_id = "verify_ledger",
    responses((status = 200, description = "What was found; no faults is good.",
        body = Verification)))]
pub(crate) async fn verify(State(store): State<Store>) -> Result<Json<Verification>, Problem> {
    let report = store.verify().await.map_err(store_failed)?;
    Ok(Json(Verification(report)))
}

/// Transactions, the newest first
#[utoipa::path(get, path = "/ledger/transactions", tag = "money",
    operation_id = "list_transactions", params(TransactionQuery),
    responses((status = 200, description = "A page of them.", body = TransactionPage)))]
pub(crate) async fn transactions(
    State(store): State<Store>,
    Parameters(query): Parameters<TransactionQuery>,
) -> Result<Json<TransactionPage>, Problem> {
    let account = query.account.as_deref().map(AccountId::raw);
    let before = query.before.as_deref().map(cursor).transpose()?;
    let size = page_size(query.limit, 100)?;
    let found = store.transactions(account.as_ref(), before, size + 1).await;
    let page = Page::cut(found.map_err(store_failed)?, size, |last| {
        format!("{}~{}", last.at.0, last.id)
    });
    Ok(Json(Page {
        items: page.items.into_iter().map(TransactionView::from).collect(),
        next: page.next,
    }))
}

/// Accounts, in the order of their ids
#[utoipa::path(get, path = "/ledger/accounts", tag = "money", operation_id = "list_accounts",
    params(AccountQuery),
    responses((status = 200, description = "A page of them.", body = AccountPage)))]
pub(crate) async fn accounts(
    State(store): State<Store>,
    Parameters(query): Parameters<AccountQuery>,
) -> Result<Json<AccountPage>, Problem> {
    let prefix = query.prefix.unwrap_or_default();
    let after = query.after.as_deref().map(AccountId::raw);
    let size = page_size(query.limit, 100)?;
    let found = store
        .accounts(&prefix, after.as_ref(), size + 1)
        .await
        .map_err(store_failed)?;
    let views = found.into_iter().map(AccountView::from).collect();
    Ok(Json(Page::cut(views, size, |last: &AccountView| {
        last.id.to_string()
    })))
}

fn cursor(text: &str) -> Result<TransactionCursor, Problem> {
    let read = text.split_once('~');
    let read = read.and_then(|(at, id)| Some((Micros(at.parse().ok()?), id.to_owned())));
    read.ok_or_else(|| Problem::bad_request("`before` is not the `next` of a page."))
}
