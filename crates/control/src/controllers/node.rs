//! The state of the node: for watchers, and for the operator.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tollgate_model::Micros;
use tollgate_model::call::FailureClass;

use crate::control::{Clock, Version};
use crate::runtime::{CredentialHealth, LimitsLeft, NodeStatus, Runtime};
use crate::schema::{Page, described};

/// Whether the process lives.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Health {
    /// `ok`: the process answers.
    pub status: String,
}

/// Whether the node takes calls.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Readiness {
    /// Whether it takes calls.
    pub ready: bool,
    /// What does not work as it should, in sentences; may hold something although it is ready.
    pub troubles: Vec<String>,
}

/// The state of a node.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Status {
    /// The version of the program.
    pub version: String,
    /// The node's name.
    pub node: String,
    /// Whether it takes calls.
    pub ready: bool,
    /// What does not work as it should, in sentences.
    pub troubles: Vec<String>,
    /// The revision of the configuration that it serves.
    pub revision: u64,
    /// When the process began, as RFC 3339.
    pub started: String,
    /// Seconds since then.
    pub uptime_seconds: u64,
    /// Bytes of the journal that the store does not have yet.
    pub backlog: u64,
    /// The address at which callers reach the gateway, such as `http://127.0.0.1:8402`; absent where
    /// this process runs none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway: Option<String>,
}

/// The state of one credential of a provider.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct CredentialView {
    /// The provider's name.
    pub provider: String,
    /// The credential's name; absent for a provider that is called without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
    /// Whether it is used.
    pub state: CredentialState,
    /// How its last call failed, until one succeeds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<FailureClass>,
    /// When it failed last, as RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Until when it cools down or did, as RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// What the provider or the network said last, redacted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// How much of its limits is left.
    #[serde(default)]
    pub limits: LimitsView,
}

/// What a credential is doing on this node, and how much of its limits is left.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
pub(crate) struct LimitsView {
    /// Calls under way.
    pub under_way: u32,
    /// How many may be under way at a time; absent where there is no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrent: Option<u32>,
    /// Requests per minute; absent where there is no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests: Option<LimitView>,
    /// Tokens per minute; absent where there is no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<LimitView>,
    /// Until when its provider says that nothing is left, as RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_up_until: Option<String>,
    /// How many tokens its provider says are left, for as long as that holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens_told: Option<u64>,
}

/// A limit per minute, and what may still be used of it now.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct LimitView {
    /// The most in a minute.
    pub most: u32,
    /// How much of it is left now; it comes back evenly.
    pub left: u32,
}

/// Whether a credential is used.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CredentialState {
    /// It is.
    Ok,
    /// It failed, and is left alone for a while.
    CoolingDown,
    /// It has rested after a failure, and no call has succeeded since: the next one tries it.
    Failing,
    /// It is switched off in the provider's spec.
    Disabled,
}

/// The credentials of all providers.
pub(crate) type CredentialPage = Page<CredentialView>;

described!(Health, Readiness, Status, CredentialView, CredentialPage);

/// Whether the process lives
#[utoipa::path(get, path = "/healthz", tag = "node", operation_id = "healthz",
    responses((status = 200, description = "The process lives.", body = Health)))]
pub(crate) async fn health() -> Json<Health> {
    Json(Health {
        status: "ok".to_owned(),
    })
}

/// Whether the node takes calls
#[utoipa::path(get, path = "/readyz", tag = "node", operation_id = "readyz",
    responses(
        (status = 200, description = "It takes calls.", body = Readiness),
        (status = 503, description = "It does not.", body = Readiness),
    ))]
pub(crate) async fn readiness(
    State(runtime): State<Arc<dyn Runtime>>,
) -> (StatusCode, Json<Readiness>) {
    let NodeStatus {
        ready, troubles, ..
    } = runtime.status();
    let status = match ready {
        true => StatusCode::OK,
        false => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, Json(Readiness { ready, troubles }))
}

/// The state of the node
#[utoipa::path(get, path = "/status", tag = "node", operation_id = "get_status",
    responses((status = 200, description = "The state.", body = Status)))]
pub(crate) async fn status(
    State(runtime): State<Arc<dyn Runtime>>,
    State(clock): State<Clock>,
    State(version): State<Version>,
) -> Json<Status> {
    let node = runtime.status();
    Json(Status {
        version: version.0.to_owned(),
        node: node.node,
        ready: node.ready,
        troubles: node.troubles,
        revision: node.revision,
        started: node.started.to_string(),
        uptime_seconds: clock()
            .0
            .saturating_sub(node.started.0)
            .max(0)
            .unsigned_abs()
            / 1_000_000,
        backlog: node.backlog,
        gateway: runtime.gateway().map(|at| format!("http://{at}")),
    })
}

/// The state of every provider's credentials
#[utoipa::path(get, path = "/providers/health", tag = "node", operation_id = "providers_health",
    responses((status = 200, description = "One item per credential.", body = CredentialPage)))]
pub(crate) async fn providers(
    State(runtime): State<Arc<dyn Runtime>>,
    State(clock): State<Clock>,
) -> Json<CredentialPage> {
    let now = clock();
    let views = runtime.credentials().into_iter();
    let views = views.map(|health| view(health, now));
    Json(Page::whole(views.collect()))
}

fn view(health: CredentialHealth, now: Micros) -> CredentialView {
    let state = match &health.cooling {
        _ if health.disabled => CredentialState::Disabled,
        None => CredentialState::Ok,
        Some(cooling) if cooling.until > now => CredentialState::CoolingDown,
        Some(_) => CredentialState::Failing,
    };
    let cooling = health.cooling.as_ref();
    CredentialView {
        provider: health.provider.to_string(),
        credential: health.credential.as_ref().map(|name| name.to_string()),
        state,
        class: cooling.map(|cooling| cooling.class),
        since: cooling.map(|cooling| cooling.since.to_string()),
        until: cooling.map(|cooling| cooling.until.to_string()),
        error: cooling.map(|cooling| cooling.error.clone()),
        limits: limits(&health.limits),
    }
}

fn limits(left: &LimitsLeft) -> LimitsView {
    let of = |most: Option<u32>, left: Option<u32>| {
        let (most, left) = most.zip(left)?;
        Some(LimitView { most, left })
    };
    LimitsView {
        under_way: left.under_way,
        concurrent: left.spec.concurrent,
        requests: of(left.spec.requests_per_minute, left.requests),
        tokens: of(left.spec.tokens_per_minute, left.tokens),
        used_up_until: left.used_up_until.map(|until| until.to_string()),
        tokens_told: left.tokens_told.map(|(tokens, _)| tokens),
    }
}
