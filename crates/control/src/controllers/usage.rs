//! What was used and what it cost, in sums that are kept beside the calls.

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tollgate_model::{Micros, Nanos};
use tollgate_store::durations::quantile;
use tollgate_store::{Dimension, Grain, Store, UsageFilter, UsageSums};

use super::filters::{ending, reason, word};
use crate::control::Clock;
use crate::extract::{Parameters, moment, page_size};
use crate::failure::store_failed;
use crate::problem::Problem;
use crate::schema::described;

/// Sums over calls.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Sums {
    /// Calls that have ended.
    pub calls: u64,
    /// Those of them that failed: answered with 5xx, or broken off by a provider.
    pub errors: u64,
    /// Those of them that were refused, by this gateway or as wrong, with 4xx.
    pub refused: u64,
    /// Tokens of prompts.
    pub prompt_tokens: u64,
    /// Tokens of answers.
    pub output_tokens: u64,
    /// What they cost.
    pub cost: Nanos,
    /// Microseconds within which half of the completed calls ended, at most an eighth too high;
    /// absent where there is none, or where the filter names more than team and model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p50: Option<u64>,
    /// Microseconds within which 99 of 100 completed calls ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p99: Option<u64>,
}

/// Sums over the calls of a slot of time.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct UsagePoint {
    /// When the slot begins, as RFC 3339.
    pub at: String,
    /// The sums.
    #[serde(flatten)]
    pub sums: Sums,
}

/// How long a slot of time is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Slot {
    /// A minute.
    Minute,
    /// An hour.
    Hour,
    /// A day, by UTC.
    Day,
}

/// What was used over a time.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct UsageReport {
    /// How long a slot is.
    pub slot: Slot,
    /// When the first slot begins, as RFC 3339.
    pub since: String,
    /// Up to when slots are counted, as RFC 3339.
    pub until: String,
    /// Slots in which calls ended, by time.
    pub points: Vec<UsagePoint>,
    /// The sums over all of them.
    pub total: Sums,
}

/// Sums over the calls that have one value in common.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct UsageGroup {
    /// The value; absent for the calls that have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The sums, without percentiles.
    #[serde(flatten)]
    pub sums: Sums,
}

/// Sums by value.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct UsageGroups {
    /// The values with most calls first.
    pub items: Vec<UsageGroup>,
}

described!(UsageReport, UsageGroups);

/// Which calls to add up.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UsageQuery {
    /// Only calls of this team.
    team: Option<String>,
    /// Only calls of this application.
    application: Option<String>,
    /// Only calls that asked for this model.
    model: Option<String>,
    /// Only calls whose last attempt went to this provider.
    provider: Option<String>,
    /// Only calls that were answered with this status.
    status: Option<u16>,
    /// Only calls that ended so.
    ending: Option<String>,
    /// Only calls that were refused or failed for this reason.
    reason: Option<String>,
    /// From when on: RFC 3339, or a span such as `24h` before now, which is usual.
    since: Option<String>,
    /// Up to when: RFC 3339, or a span before now; now where it is left out.
    until: Option<String>,
    /// How long a slot is: `minute`, `hour` or `day`; what suits the time where it is left out.
    slot: Option<String>,
    /// For `/usage/by`: by what to add up: `team`, `application`, `model`, `provider`, `status`,
    /// `ending` or `reason`.
    by: Option<String>,
    /// For `/usage/by`: how many values, from 1 to 1000; 20 where it is left out.
    limit: Option<u32>,
}

/// By what sums are told apart.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum By {
    Team,
    Application,
    Model,
    Provider,
    Status,
    Ending,
    Reason,
}

/// The most slots that a report has: a line of so many points is as fine as a screen.
const MOST_SLOTS: i64 = 2_000;

/// What was used over a time, slot by slot
#[utoipa::path(get, path = "/usage", tag = "calls", operation_id = "get_usage",
    params(UsageQuery),
    responses((status = 200, description = "The sums.", body = UsageReport)))]
pub(crate) async fn report(
    State(store): State<Store>,
    State(clock): State<Clock>,
    Parameters(query): Parameters<UsageQuery>,
) -> Result<Json<UsageReport>, Problem> {
    if query.by.is_some() || query.limit.is_some() {
        let detail = "`by` and `limit` are parameters of /usage/by, not of /usage.";
        return Err(Problem::bad_request(detail));
    }
    let (filter, slot) = wanted(query, clock())?;
    let points = store.usage(&filter, slot.grain());
    let points = points.await.map_err(store_failed)?;
    let mut total = Sums::of(points.iter().fold(UsageSums::default(), add));
    let mut points: Vec<(Micros, Sums)> = points
        .into_iter()
        .map(|point| (point.at, Sums::of(point.sums)))
        .collect();
    if has_percentiles(&filter) {
        let durations = store.durations(&filter, slot.grain());
        let durations = durations.await.map_err(store_failed)?;
        for taken in &durations {
            if let Ok(found) = points.binary_search_by_key(&taken.at, |(at, _)| *at) {
                points[found].1.tell(&taken.buckets);
            }
        }
        let all: Vec<_> = durations.into_iter().flat_map(|d| d.buckets).collect();
        total.tell(&all);
    }
    let points = points.into_iter().map(|(at, sums)| UsagePoint {
        at: at.to_string(),
        sums,
    });
    Ok(Json(UsageReport {
        slot,
        since: slot.begin(filter.since).to_string(),
        until: filter.until.to_string(),
        points: points.collect(),
        total,
    }))
}

/// What was used over a time, by team, model or another value
#[utoipa::path(get, path = "/usage/by", tag = "calls", operation_id = "get_usage_by",
    params(UsageQuery),
    responses((status = 200, description = "The sums.", body = UsageGroups)))]
pub(crate) async fn groups(
    State(store): State<Store>,
    State(clock): State<Clock>,
    Parameters(mut query): Parameters<UsageQuery>,
) -> Result<Json<UsageGroups>, Problem> {
    let size = page_size(query.limit, 20)?;
    let by: By = match query.by.take() {
        Some(text) => word("by", text)?,
        None => {
            let detail = "Say `by` what to add up: team, application, model, provider, status, \
                          ending or reason.";
            return Err(Problem::bad_request(detail));
        }
    };
    let (filter, slot) = wanted(query, clock())?;
    let groups = store.usage_by(&filter, slot.grain(), by.dimension(), size);
    let groups = groups.await.map_err(store_failed)?;
    let items = groups.into_iter().map(|(value, sums)| UsageGroup {
        value: Some(value).filter(|value| !value.is_empty()),
        sums: Sums::of(sums),
    });
    Ok(Json(UsageGroups {
        items: items.collect(),
    }))
}

impl Sums {
    fn of(sums: UsageSums) -> Sums {
        Sums {
            calls: sums.calls,
            errors: sums.errors,
            refused: sums.refused,
            prompt_tokens: sums.prompt_tokens,
            output_tokens: sums.output_tokens,
            cost: sums.cost,
            p50: None,
            p99: None,
        }
    }

    /// Adds how long the calls took.
    fn tell(&mut self, buckets: &[(u16, u64)]) {
        self.p50 = quantile(buckets, 500);
        self.p99 = quantile(buckets, 990);
    }
}

fn add(sum: UsageSums, point: &tollgate_store::UsagePoint) -> UsageSums {
    let sums = point.sums;
    UsageSums {
        calls: sum.calls.saturating_add(sums.calls),
        errors: sum.errors.saturating_add(sums.errors),
        refused: sum.refused.saturating_add(sums.refused),
        prompt_tokens: sum.prompt_tokens.saturating_add(sums.prompt_tokens),
        output_tokens: sum.output_tokens.saturating_add(sums.output_tokens),
        cost: sum.cost.saturating_add(sums.cost),
    }
}

/// How long calls took is not kept apart by anything but team and model.
fn has_percentiles(filter: &UsageFilter) -> bool {
    filter.application.is_none()
        && filter.provider.is_none()
        && filter.status.is_none()
        && filter.ending.is_none()
        && filter.reason.is_none()
}

impl Slot {
    const fn grain(self) -> Grain {
        match self {
            Slot::Minute => Grain::Minute,
            Slot::Hour => Grain::Hour,
            Slot::Day => Grain::Day,
        }
    }

    /// The slot that suits a time of so many microseconds.
    const fn suiting(micros: i64) -> Slot {
        const HOUR: i64 = Grain::Hour.micros();
        const DAY: i64 = Grain::Day.micros();
        if micros <= 6 * HOUR {
            Slot::Minute
        } else if micros <= 14 * DAY {
            Slot::Hour
        } else {
            Slot::Day
        }
    }

    /// When the slot begins that holds a time.
    fn begin(self, at: Micros) -> Micros {
        Micros(at.0.saturating_sub(at.0.rem_euclid(self.grain().micros())))
    }
}

impl By {
    const fn dimension(self) -> Dimension {
        match self {
            By::Team => Dimension::Team,
            By::Application => Dimension::Application,
            By::Model => Dimension::Model,
            By::Provider => Dimension::Provider,
            By::Status => Dimension::Status,
            By::Ending => Dimension::Ending,
            By::Reason => Dimension::Reason,
        }
    }
}

/// What a query asks for, and in which slots.
fn wanted(query: UsageQuery, now: Micros) -> Result<(UsageFilter, Slot), Problem> {
    let since = moment(query.since.as_deref().unwrap_or("24h"), now)?;
    let until = query.until.map(|text| moment(&text, now)).transpose()?;
    let until = until.unwrap_or(now);
    if since >= until {
        let detail = format!("`since` ({since}) is not before `until` ({until}).");
        return Err(Problem::bad_request(detail));
    }
    let micros = until.0.saturating_sub(since.0);
    let slot = match query.slot {
        Some(text) => word("slot", text)?,
        None => Slot::suiting(micros),
    };
    if micros / slot.grain().micros() > MOST_SLOTS {
        return Err(Problem::bad_request(format!(
            "From {since} to {until} there are more than {MOST_SLOTS} slots of this length; ask for \
             a shorter time, or for longer slots with `slot`."
        )));
    }
    let filter = UsageFilter {
        team: query.team,
        application: query.application,
        model: query.model,
        provider: query.provider,
        status: query.status,
        ending: query.ending.map(ending).transpose()?,
        reason: query.reason.map(reason).transpose()?,
        since,
        until,
    };
    Ok((filter, slot))
}
