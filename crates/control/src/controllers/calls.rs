//! Calls: the list, the record, the story.

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tollgate_model::call::{CallRecord, Ending};
use tollgate_model::{CallId, Micros, Nanos, Reason};
use tollgate_store::{CallFilter, CallPage, Store};

use super::filters::{ending, reason};
use crate::control::Clock;
use crate::explain::{Story, explain as tell};
use crate::extract::{Parameters, Path, moment, page_size};
use crate::failure::store_failed;
use crate::problem::Problem;
use crate::schema::{Page, described};

/// A call in a list.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct CallSummary {
    /// The id.
    pub id: CallId,
    /// When it was accepted, as RFC 3339.
    pub at: String,
    /// The call whose request was copied, where this is its shadow: its cost is the operator's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shadow_of: Option<CallId>,
    /// The team; absent before the key was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// The application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<String>,
    /// The key's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The model as the caller named it; empty before it was read.
    pub model: String,
    /// The provider of the last attempt; absent where none was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// The status of the answer.
    pub status: u16,
    /// How it ended.
    pub ending: Ending,
    /// Why it was refused or failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Whether a streamed answer was asked for.
    pub stream: bool,
    /// Tokens of prompt and answer.
    pub tokens: u64,
    /// What it cost.
    pub cost: Nanos,
    /// Microseconds to the first byte of the answer.
    pub first_byte: u32,
    /// Microseconds to the end.
    pub duration: u64,
}

/// All that is kept of a call. Times in it are microseconds: `at` counts from 1970, the others from
/// `at`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct Call(pub CallRecord);

/// Calls, a page at a time.
pub(crate) type CallSummaryPage = Page<CallSummary>;

described!(CallSummary, CallSummaryPage, Call, Story);

/// Which calls to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CallQuery {
    /// Only calls of this team.
    team: Option<String>,
    /// Only calls of this application.
    application: Option<String>,
    /// Only calls with the key of this name.
    key: Option<String>,
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
    /// Only calls from this time on: RFC 3339, or a span such as `1h` before now.
    since: Option<String>,
    /// Only calls before this time: RFC 3339, or a span before now.
    until: Option<String>,
    /// Only calls before this one: the `next` of the page before.
    before: Option<String>,
    /// Only calls after this one, for following along; the page then holds the oldest of them.
    after: Option<String>,
    /// How many, from 1 to 1000; 100 where it is left out.
    limit: Option<u32>,
}

/// Calls, the newest first
#[utoipa::path(get, path = "/calls", tag = "calls", operation_id = "list_calls",
    params(CallQuery),
    responses((status = 200, description = "A page of them.", body = CallSummaryPage)))]
pub(crate) async fn list(
    State(store): State<Store>,
    State(clock): State<Clock>,
    Parameters(query): Parameters<CallQuery>,
) -> Result<Json<CallSummaryPage>, Problem> {
    let size = page_size(query.limit, 100)?;
    let part = part(&query)?;
    let filter = filter(query, clock())?;
    let found = store
        .calls(&filter, part, size + 1)
        .await
        .map_err(store_failed)?;
    let views = found.iter().map(summary).collect();
    let mut page = Page::cut(views, size, |last: &CallSummary| last.id.to_string());
    if matches!(part, CallPage::After(_)) {
        page.items.reverse();
    }
    Ok(Json(page))
}

/// The record of a call
#[utoipa::path(get, path = "/calls/{id}", tag = "calls", operation_id = "get_call",
    params(("id" = String, Path, description = "The call's id.")),
    responses((status = 200, description = "The record.", body = Call)))]
pub(crate) async fn get(
    State(store): State<Store>,
    Path(id): Path<String>,
) -> Result<Json<Call>, Problem> {
    find(&store, &id).await.map(Call).map(Json)
}

/// The story of a call
///
/// What each stage decided and by which rule, the attempts at providers, and what it cost line by
/// line.
#[utoipa::path(get, path = "/calls/{id}/explain", tag = "calls", operation_id = "explain_call",
    params(("id" = String, Path, description = "The call's id.")),
    responses((status = 200, description = "The story.", body = Story)))]
pub(crate) async fn explain(
    State(store): State<Store>,
    Path(id): Path<String>,
) -> Result<Json<Story>, Problem> {
    let record = find(&store, &id).await?;
    Ok(Json(tell(&record)))
}

async fn find(store: &Store, text: &str) -> Result<CallRecord, Problem> {
    let id = call_id(text)?;
    let found = store.call(id).await.map_err(store_failed)?;
    found.ok_or_else(|| {
        Problem::not_found(format!(
            "There is no call {id}. A call is kept when it has ended, for as long as calls are kept."
        ))
    })
}

fn call_id(text: &str) -> Result<CallId, Problem> {
    CallId::parse(text).ok_or_else(|| {
        let detail =
            format!("\"{text}\" is not the id of a call: call_ and 26 letters and digits.");
        Problem::bad_request(detail)
    })
}

fn part(query: &CallQuery) -> Result<CallPage, Problem> {
    match (&query.before, &query.after) {
        (None, None) => Ok(CallPage::Newest),
        (Some(before), None) => call_id(before).map(CallPage::Before),
        (None, Some(after)) => call_id(after).map(CallPage::After),
        (Some(_), Some(_)) => Err(Problem::bad_request("Give before or after, not both.")),
    }
}

fn filter(query: CallQuery, now: Micros) -> Result<CallFilter, Problem> {
    let moment = |text: Option<String>| text.map(|text| moment(&text, now)).transpose();
    Ok(CallFilter {
        team: query.team,
        application: query.application,
        key: query.key,
        model: query.model,
        provider: query.provider,
        status: query.status,
        ending: query.ending.map(ending).transpose()?,
        reason: query.reason.map(reason).transpose()?,
        since: moment(query.since)?,
        until: moment(query.until)?,
    })
}

/// A call as it stands in a list.
pub(super) fn summary(record: &CallRecord) -> CallSummary {
    let caller = record.caller.as_ref();
    let usage = &record.usage;
    CallSummary {
        id: record.id,
        at: record.at.to_string(),
        shadow_of: record.shadow_of,
        team: caller.map(|caller| caller.team.to_string()),
        application: caller.map(|caller| caller.application.to_string()),
        key: caller.map(|caller| caller.key.to_string()),
        model: record.model.clone(),
        provider: record.attempts.last().map(|last| last.provider.to_string()),
        status: record.status,
        ending: record.ending,
        reason: record.refusal.as_ref().map(|refusal| refusal.reason),
        stream: record.stream,
        tokens: usage.prompt_tokens().saturating_add(usage.output_tokens()),
        cost: record.cost,
        first_byte: record.first_byte,
        duration: record.duration,
    }
}
