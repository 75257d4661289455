//! Budgets in the windows that are open.

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tollgate_model::account::AccountId;
use tollgate_model::resource::{Kind, Spec};
use tollgate_model::resources::BudgetSpec;
use tollgate_model::time::{Window, zone};
use tollgate_model::{Micros, Name, Nanos};
use tollgate_store::{Account, Store};

use crate::control::Clock;
use crate::extract::{Path, name};
use crate::failure::{missing, store_failed};
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

/// How a budget was spent in its present window.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Burndown {
    /// The budget as it is now.
    pub budget: BudgetView,
    /// Seconds from one point to the next.
    pub step_seconds: u64,
    /// What was spent from the window's beginning up to each point, from its beginning to now.
    pub points: Vec<BurndownPoint>,
}

/// What was spent up to a time.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct BurndownPoint {
    /// The time, as RFC 3339.
    pub at: String,
    /// What was spent up to it.
    pub spent: Nanos,
}

described!(BudgetView, BudgetPage, Burndown);

/// How a budget was spent in its present window
#[utoipa::path(get, path = "/budgets/{name}/burndown", tag = "money", operation_id = "get_burndown",
    params(("name" = String, Path, description = "The budget.")),
    responses((status = 200, description = "What was spent, over time.", body = Burndown)))]
pub(crate) async fn burndown(
    State(store): State<Store>,
    State(clock): State<Clock>,
    Path(text): Path<String>,
) -> Result<Json<Burndown>, Problem> {
    let name = name(&text)?;
    let found = store.get(Kind::Budget, &name).await.map_err(store_failed)?;
    let Some(Spec::Budget(spec)) = found.map(|found| found.resource.spec) else {
        return Err(missing(&store, Kind::Budget, &name).await);
    };
    let now = clock();
    let open = open(&store, &name, &spec, now).await?;
    let step = step(open.opens, open.closes);
    let taken = match &open.account {
        Some(account) => store
            .account_steps(&account.id, (open.opens, open.closes), step)
            .await
            .map_err(store_failed)?,
        None => Vec::new(),
    };
    let now = now.clamp(open.opens, open.closes);
    Ok(Json(Burndown {
        step_seconds: step.unsigned_abs() / 1_000_000,
        points: points((open.opens, now), step, &taken),
        budget: view(name, &spec, &open),
    }))
}

/// About how many steps a window has.
const STEPS: i64 = 120;
const MINUTE: i64 = 60_000_000;

/// The length of a step in microseconds: whole minutes.
fn step(opens: Micros, closes: Micros) -> i64 {
    let length = closes.0.saturating_sub(opens.0);
    let minutes = (length / MINUTE + STEPS / 2) / STEPS;
    minutes.max(1).saturating_mul(MINUTE)
}

/// What was spent up to the end of each step, from what was taken in each; the last point is now.
fn points(
    (opens, now): (Micros, Micros),
    step: i64,
    taken: &[(Micros, Nanos)],
) -> Vec<BurndownPoint> {
    let point = |at: Micros, spent| BurndownPoint {
        at: at.to_string(),
        spent,
    };
    let (mut points, mut spent) = (vec![point(opens, Nanos::ZERO)], Nanos::ZERO);
    let mut taken = taken.iter().peekable();
    let mut end = Micros(opens.0.saturating_add(step));
    while end < now {
        while let Some((_, amount)) = taken.next_if(|(start, _)| *start < end) {
            spent = spent.saturating_add(*amount);
        }
        points.push(point(end, spent));
        end = Micros(end.0.saturating_add(step));
    }
    let rest = taken.map(|(_, amount)| *amount);
    let spent = rest.fold(spent, Nanos::saturating_add);
    if opens < now {
        points.push(point(now, spent));
    }
    points
}

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

/// A budget in its present window.
pub(crate) async fn budget(
    store: &Store,
    name: Name,
    spec: &BudgetSpec,
    now: Micros,
) -> Result<BudgetView, Problem> {
    let open = open(store, &name, spec, now).await?;
    Ok(view(name, spec, &open))
}

/// The window of a budget that is open.
struct Open {
    opens: Micros,
    closes: Micros,
    /// `None` where no call has opened it yet.
    account: Option<Account>,
}

/// The window that is open: that of the calendar, or a later one where the budget's windows had
/// another length before.
async fn open(store: &Store, name: &Name, spec: &BudgetSpec, now: Micros) -> Result<Open, Problem> {
    let calendar = zone(&spec.time_zone).and_then(|zone| spec.window.around(now, &zone));
    let Some((opens, closes)) = calendar else {
        return Err(Problem::internal(format!(
            "budget {name} has no window that holds {now}"
        )));
    };
    let prefix = format!("budget/{name}@");
    let before = AccountId::budget(name.as_str(), opens.plus_seconds(-1));
    let found = store
        .accounts(&prefix, Some(&before), 100)
        .await
        .map_err(store_failed)?;
    let account = found.into_iter().rfind(|account| !account.closed);
    let of = |time: fn(&Account) -> Option<Micros>| account.as_ref().and_then(time);
    Ok(Open {
        opens: of(|account| account.opens).unwrap_or(opens),
        closes: of(|account| account.closes).unwrap_or(closes),
        account,
    })
}

fn view(name: Name, spec: &BudgetSpec, open: &Open) -> BudgetView {
    let account = open.account.as_ref();
    let spent = account.map(|account| account.allowed.saturating_sub(account.balance));
    let spent = spent.unwrap_or_default();
    let leased = account.map(|account| account.leased).unwrap_or_default();
    let left = spec.limit.saturating_sub(spent);
    BudgetView {
        name,
        scope: spec.scope.to_string(),
        limit: spec.limit,
        window: spec.window,
        time_zone: spec.time_zone.clone(),
        starts: open.opens.to_string(),
        ends: open.closes.to_string(),
        spent,
        leased,
        left,
        available: left.saturating_sub(leased),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_has_about_so_many_steps_of_whole_minutes() {
        let minutes = |length: i64| step(Micros(7), Micros(7 + length * MINUTE)) / MINUTE;
        assert_eq!(minutes(60), 1);
        assert_eq!(minutes(24 * 60), 12);
        assert_eq!(minutes(23 * 60), 12);
        assert_eq!(minutes(7 * 24 * 60), 84);
        assert_eq!(minutes(31 * 24 * 60), 372);
    }

    #[test]
    fn points_add_up_from_nothing_to_now() {
        let told = |now: i64, taken: &[(i64, i64)]| {
            let taken: Vec<_> = taken
                .iter()
                .map(|(at, amount)| (Micros(*at), Nanos::new(*amount)))
                .collect();
            let points = points((Micros(0), Micros(now)), 10, &taken);
            let told = points.iter().map(|point| {
                let at = Micros::parse(&point.at).unwrap();
                (at.0, point.spent.get())
            });
            told.collect::<Vec<_>>()
        };
        assert_eq!(told(0, &[]), [(0, 0)]);
        assert_eq!(told(5, &[(0, 3)]), [(0, 0), (5, 3)]);
        assert_eq!(told(10, &[(0, 3)]), [(0, 0), (10, 3)]);
        let taken = [(0, 3), (20, 4), (30, 1)];
        let wanted = [(0, 0), (10, 3), (20, 3), (30, 7), (35, 8)];
        assert_eq!(told(35, &taken), wanted);
        // Another host's clock may be ahead: what it took is not lost.
        assert_eq!(told(12, &taken), [(0, 0), (10, 3), (12, 8)]);
    }
}
