//! The names that callers can ask for.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tollgate_model::Micros;
use tollgate_model::resource::RuleRef;
use tollgate_model::resources::Strategy;
use tollgate_model::snapshot::{ModelPlan, TargetPlan};

use crate::control::Clock;
use crate::extract::Parameters;
use crate::prices::{self, PriceView};
use crate::problem::Problem;
use crate::runtime::Runtime;
use crate::schema::{Page, described};

/// A name that callers can ask for, and what it means.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "CallableModel")]
pub(crate) struct ModelView {
    /// The name as callers write it.
    pub name: String,
    /// The `Model` that defines it; absent for a provider's own name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleRef>,
    /// How a target is chosen.
    pub strategy: Strategy,
    /// The providers' models behind it, in the order in which they are tried.
    pub targets: Vec<TargetView>,
}

/// A provider's model behind a name.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "CallableTarget")]
pub(crate) struct TargetView {
    /// The provider.
    pub provider: String,
    /// The provider's name for the model.
    pub model: String,
    /// Its share of calls under `weighted`.
    pub weight: u32,
    /// The most tokens of an answer, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_output: Option<u64>,
    /// What it costs now; absent where nobody knows, so that calls are refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<PriceView>,
}

/// The names that callers can ask for.
pub(crate) type ModelPage = Page<ModelView>;

described!(ModelView, ModelPage);

/// Which names to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ModelQuery {
    /// A part of the name.
    q: Option<String>,
    /// The most names to list; all where it is left out.
    limit: Option<usize>,
}

/// Which name to resolve.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ResolveQuery {
    /// The name as a caller would write it.
    name: String,
}

/// The names that callers can ask for
///
/// Those that a `Model` defines come first, then the names of the catalogue under the providers
/// that are configured. A provider may take further names that the catalogue does not list.
#[utoipa::path(get, path = "/models", tag = "models", operation_id = "list_models",
    params(ModelQuery),
    responses((status = 200, description = "The names.", body = ModelPage)))]
pub(crate) async fn list(
    State(runtime): State<Arc<dyn Runtime>>,
    State(clock): State<Clock>,
    Parameters(query): Parameters<ModelQuery>,
) -> Json<ModelPage> {
    let snapshot = runtime.snapshot();
    let part = query.q.unwrap_or_default().to_lowercase();
    let mut plans: Vec<_> = snapshot
        .models()
        .filter(|plan| plan.name.to_lowercase().contains(&part))
        .collect();
    plans.sort_by(|a, b| (a.rule.is_none(), &a.name).cmp(&(b.rule.is_none(), &b.name)));
    let now = clock();
    let views = plans.into_iter().map(|plan| view(plan, now));
    Json(Page::whole(
        views.take(query.limit.unwrap_or(usize::MAX)).collect(),
    ))
}

/// What a name means
///
/// A dry run: tells which targets a call of this name would be sent to, and at which price.
#[utoipa::path(get, path = "/models/resolve", tag = "models", operation_id = "resolve_model",
    params(ResolveQuery),
    responses((status = 200, description = "What it means.", body = ModelView)))]
pub(crate) async fn resolve(
    State(runtime): State<Arc<dyn Runtime>>,
    State(clock): State<Clock>,
    Parameters(query): Parameters<ResolveQuery>,
) -> Result<Json<ModelView>, Problem> {
    let snapshot = runtime.snapshot();
    if let Some(plan) = snapshot.resolve(&query.name) {
        return Ok(Json(view(&plan, clock())));
    }
    let name = &query.name;
    let near = snapshot.near_matches(name).join(", ");
    Err(Problem::not_found(match near.as_str() {
        "" => format!("No model is called \"{name}\"; GET /api/v1/models lists those that are."),
        near => format!("No model is called \"{name}\". Near matches: {near}."),
    }))
}

fn view(plan: &ModelPlan, now: Micros) -> ModelView {
    ModelView {
        name: plan.name.to_string(),
        rule: plan.rule.clone(),
        strategy: plan.strategy,
        targets: plan.targets.iter().map(|plan| target(plan, now)).collect(),
    }
}

fn target(plan: &TargetPlan, now: Micros) -> TargetView {
    TargetView {
        provider: plan.provider.name.to_string(),
        model: plan.model.to_string(),
        weight: plan.weight,
        max_output: plan.max_output,
        price: plan.price.as_ref().map(|price| prices::view(price, now)),
    }
}
