//! The 402 desk: calls that were refused or failed, grouped by what said no, with what can be done
//! about each group and what was changed before it began.

mod actions;
mod changes;
mod facts;
mod view;

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tollgate_model::reason::{Cause, Who};
use tollgate_model::{Micros, Reason};
use tollgate_store::{Grain, RefusalFilter, Store};

use super::filters::{reason, word};
use crate::access::{Permission, Principal};
use crate::control::Clock;
use crate::extract::{Parameters, kind, moment, page_size};
use crate::failure::store_failed;
use crate::problem::Problem;
use crate::schema::described;

use facts::Facts;
use view::{RefusalGroupView, tell};

/// Calls that were refused or failed, by what said no.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct RefusalDesk {
    /// From when on calls are counted, as RFC 3339. Those of the slot of time in which it lies are
    /// all counted: of the minute, of the hour from 6 hours back on, of the day from 14 days back
    /// on.
    pub since: String,
    /// Up to when, as RFC 3339.
    pub until: String,
    /// How many groups are still happening, whether or not they stand on this page.
    pub happening: u64,
    /// Whether there are more groups than are shown.
    pub more: bool,
    /// The groups: those that were answered with 402 first, then those that were last seen.
    pub items: Vec<RefusalGroupView>,
}

described!(RefusalDesk);

/// Which groups to list.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RefusalQuery {
    /// Only those for this reason.
    reason: Option<String>,
    /// Only those whose cause lies in this area, such as `payment_info` or `upstream`.
    cause: Option<String>,
    /// Only those that these can act on: `payer`, `key_owner`, `operator`, `provider` or `nobody`.
    who: Option<String>,
    /// Only those by a rule of this kind.
    kind: Option<String>,
    /// Only those by a rule of this name.
    rule: Option<String>,
    /// Only those of this team.
    team: Option<String>,
    /// Only those of this application.
    application: Option<String>,
    /// Only those of calls that asked for this model.
    model: Option<String>,
    /// From when on: RFC 3339, or a span such as `24h` before now, which is usual.
    since: Option<String>,
    /// Up to when: RFC 3339, or a span before now; now where it is left out.
    until: Option<String>,
    /// How many groups, from 1 to 1000; 50 where it is left out.
    limit: Option<u32>,
}

/// How long after its last call a group counts as still happening, in seconds.
pub(crate) const RECENT_SECONDS: i64 = 15 * 60;

/// Who was refused, why, since when, and what to do
///
/// Calls that were refused or failed, grouped by reason, rule and application. Amounts are shown to
/// those who may see money.
#[utoipa::path(get, path = "/refusals", tag = "calls", operation_id = "list_refusals",
    params(RefusalQuery),
    responses((status = 200, description = "The groups.", body = RefusalDesk)))]
pub(crate) async fn list(
    State(store): State<Store>,
    State(clock): State<Clock>,
    principal: Principal,
    Parameters(query): Parameters<RefusalQuery>,
) -> Result<Json<RefusalDesk>, Problem> {
    let (now, size) = (clock(), page_size(query.limit, 50)?);
    let filter = filter(query, now)?;
    let grain = suiting(now.0.saturating_sub(filter.since.0));
    let recent = now.plus_seconds(-RECENT_SECONDS);
    let groups = store.refusals(&filter, grain, size + 1).await;
    let mut groups = groups.map_err(store_failed)?;
    let more = groups.len() > usize::try_from(size).unwrap_or(usize::MAX);
    groups.truncate(usize::try_from(size).unwrap_or(usize::MAX));
    let happening = store.open_refusals(&filter, recent.max(filter.since)).await;
    let shows_money = Permission::ReadMoney.is_of(principal.role);
    let mut facts = Facts::new(&store, recent, shows_money);
    let mut items = Vec::with_capacity(groups.len());
    for group in &groups {
        items.push(tell(group, &facts.of(group).await?));
    }
    Ok(Json(RefusalDesk {
        since: filter.since.to_string(),
        until: filter.until.to_string(),
        happening: happening.map_err(store_failed)?,
        more,
        items,
    }))
}

/// The slots that are kept for at least so many microseconds, and not too many to add up.
const fn suiting(micros: i64) -> Grain {
    const HOUR: i64 = Grain::Hour.micros();
    const DAY: i64 = Grain::Day.micros();
    if micros <= 6 * HOUR {
        Grain::Minute
    } else if micros <= 14 * DAY {
        Grain::Hour
    } else {
        Grain::Day
    }
}

fn filter(query: RefusalQuery, now: Micros) -> Result<RefusalFilter, Problem> {
    let since = moment(query.since.as_deref().unwrap_or("24h"), now)?;
    let until = query.until.map(|text| moment(&text, now)).transpose()?;
    // What has just been settled may be of this very microsecond.
    let until = until.unwrap_or_else(|| now.plus_seconds(1));
    if since >= until {
        let detail = format!("`since` ({since}) is not before `until` ({until}).");
        return Err(Problem::bad_request(detail));
    }
    let code = query.reason.map(reason).transpose()?;
    let cause: Option<Cause> = query.cause.map(|text| word("cause", text)).transpose()?;
    let who: Option<Who> = query.who.map(|text| word("who", text)).transpose()?;
    let narrowed = code.is_some() || cause.is_some() || who.is_some();
    let reasons = Reason::ALL.into_iter().filter(|reason| {
        let row = reason.row();
        code.as_ref().is_none_or(|code| *code == row.code)
            && cause.is_none_or(|cause| cause == row.cause)
            && who.is_none_or(|who| who == row.who)
    });
    Ok(RefusalFilter {
        reasons: narrowed.then(|| reasons.collect()),
        rule_kind: query.kind.as_deref().map(kind).transpose()?,
        rule: query.rule,
        team: query.team,
        application: query.application,
        model: query.model,
        since,
        until,
    })
}
