//! Budgets in the windows that are open.

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tollgate_model::account::AccountId;
use tollgate_model::resource::Spec;
use tollgate_model::resources::BudgetSpec;
use tollgate_model::time::{Window, zone};
use tollgate_model::{Micros, Name, Nanos};
use tollgate_store::{Account, Store};

use crate::control::Clock;
use crate::failure::store_failed;
use crate::problem::Problem;
use crate::schema::{Page, described};

/// A budget in its present window.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "BudgetState")]
pub(crate) struct BudgetView {
    /// The budget.
    pub name: Name,
    /// Whom it limits, for people.
    pub scope: String,
    /// What may be spent in one window.
    pub limit: Nanos,
    /// How long a window lasts.
    pub window: Window,
    /// The time zone whose calendar the windows follow.
    pub time_zone: String,
    /// When the present window began, as RFC 3339.
    pub starts: String,
    /// When it ends, as RFC 3339.
    pub ends: String,
    /// What was spent in it by calls that are settled.
    pub spent: Nanos,
    /// What nodes have set aside in it, for calls that are under way or to come.
    pub leased: Nanos,
    /// The limit without what was spent.
    pub left: Nanos,
    /// What is left and not set aside.
    pub available: Nanos,
}

/// Budgets.
pub(crate) type BudgetPage = Page<BudgetView>;

described!(BudgetView, BudgetPage);

/// Every budget in its present window
#[utoipa::path(get, path = "/budgets", tag = "money", operation_id = "list_budgets",
    responses((status = 200, description = "The budgets.", body = BudgetPage)))]
pub(crate) async fn list(
    State(store): State<Store>,
    State(clock): State<Clock>,
) -> Result<Json<BudgetPage>, Problem> {
    let (_, resources) = store.snapshot_resources().await.map_err(store_failed)?;
    let (now, mut views) = (clock(), Vec::new());
    for resource in resources {
        if let Spec::Budget(spec) = &resource.spec {
            views.push(budget(&store, resource.name.clone(), spec, now).await?);
        }
    }
    Ok(Json(Page::whole(views)))
}

async fn budget(
    store: &Store,
    name: Name,
    spec: &BudgetSpec,
    now: Micros,
) -> Result<BudgetView, Problem> {
    let calendar = zone(&spec.time_zone).and_then(|zone| spec.window.around(now, &zone));
    let Some((opens, closes)) = calendar else {
        return Err(Problem::internal(format!(
            "budget {name} has no window that holds {now}"
        )));
    };
    let account = open_window(store, &name, opens).await?;
    Ok(view(name, spec, (opens, closes), account.as_ref()))
}

/// The account of the window that is open: that of the calendar, or a later one where the budget's
/// windows had another length before. `None` where no call has opened it yet.
async fn open_window(
    store: &Store,
    name: &Name,
    opens: Micros,
) -> Result<Option<Account>, Problem> {
    let prefix = format!("budget/{name}@");
    let before = AccountId::budget(name.as_str(), opens.plus_seconds(-1));
    let found = store
        .accounts(&prefix, Some(&before), 100)
        .await
        .map_err(store_failed)?;
    Ok(found.into_iter().rfind(|account| !account.closed))
}

fn view(
    name: Name,
    spec: &BudgetSpec,
    calendar: (Micros, Micros),
    account: Option<&Account>,
) -> BudgetView {
    let spent = account.map(|account| account.allowed.saturating_sub(account.balance));
    let spent = spent.unwrap_or_default();
    let leased = account.map(|account| account.leased).unwrap_or_default();
    let left = spec.limit.saturating_sub(spent);
    let opens = account
        .and_then(|account| account.opens)
        .unwrap_or(calendar.0);
    let closes = account
        .and_then(|account| account.closes)
        .unwrap_or(calendar.1);
    BudgetView {
        name,
        scope: spec.scope.to_string(),
        limit: spec.limit,
        window: spec.window,
        time_zone: spec.time_zone.clone(),
        starts: opens.to_string(),
        ends: closes.to_string(),
        spent,
        leased,
        left,
        available: left.saturating_sub(leased),
    }
}
