//! Newer models and prices than those that are built in.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tollgate_catalog::{Difference, Happened, Update, compare};
use tollgate_model::resource::SpecError;
use tollgate_model::{Rate, UsageClass};
use tollgate_store::{CatalogueChange, CatalogueUpdate, StoreError};

use crate::access::Principal;
use crate::control::Shelves;
use crate::extract::{JsonText, Parameters};
use crate::failure::store_failed;
use crate::problem::{Fault, Problem};
use crate::schema::described;

/// Where the catalogue's models and prices come from.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct CatalogSource {
    /// Where the built-in ones come from, such as `genai-prices 0.2.1`.
    pub builtin: String,
    /// The update in force; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update: Option<CatalogUpdate>,
}

/// An update of the catalogue.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct CatalogUpdate {
    /// The revision that brought it.
    pub revision: u64,
    /// When, as RFC 3339.
    pub at: String,
    /// Who brought it.
    pub actor: String,
    /// Where the prices come from, by its own word.
    pub source: String,
    /// The file or address that it was read from.
    pub origin: String,
    /// How many models it has.
    pub models: usize,
}

/// What a change of the catalogue comes to.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct CatalogChange {
    /// The revision of the configuration after it; where nothing was changed, as it stays.
    pub revision: u64,
    /// Whether anything was changed: not in a dry run, nor where it is in force already.
    pub changed: bool,
    /// The models that differ.
    pub differences: Vec<ModelDifference>,
}

/// A model that differs.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct ModelDifference {
    /// The provider's id.
    pub provider: String,
    /// The provider's name for the model.
    pub model: String,
    /// What happens to it.
    pub change: ModelChange,
    /// The rates that differ now, for a prompt of any size.
    pub rates: Vec<RateChange>,
    /// Whether only something else differs: prices at another time, of larger prompts or in other
    /// tiers of service, limits, abilities.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub other: bool,
}

/// What happens to a model.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ModelChange {
    /// It was not listed before.
    New,
    /// Something about it is different.
    Changed,
    /// It is not listed any more.
    Gone,
}

/// A rate that differs.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct RateChange {
    /// What is consumed.
    pub class: UsageClass,
    /// Dollars per million before; absent where there was no rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Rate>,
    /// Dollars per million after; absent where there is no rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Rate>,
}

described!(CatalogSource, CatalogChange);

/// How to change the catalogue.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UpdateQuery {
    /// The file or address that the body was read from, for people.
    #[serde(default)]
    origin: String,
    /// Whether to tell only what would be changed.
    #[serde(default)]
    dry_run: bool,
}

/// The longest origin that is kept, in characters.
const LONGEST_ORIGIN: usize = 300;

/// Where the catalogue's models and prices come from
#[utoipa::path(get, path = "/catalog/update", tag = "catalog", operation_id = "get_catalog_update",
    responses((status = 200, description = "Where they come from.", body = CatalogSource)))]
pub(crate) async fn get(State(shelves): State<Shelves>) -> Result<Json<CatalogSource>, Problem> {
    let served = shelves.runtime.snapshot().revision;
    let update = shelves.store.catalogue_at(served).await;
    let update = match update.map_err(store_failed)? {
        Some(revision) => shelves.store.catalogue_update(revision).await,
        None => Ok(None),
    };
    Ok(Json(CatalogSource {
        builtin: tollgate_catalog::source().to_owned(),
        update: update.map_err(store_failed)?.map(view),
    }))
}

/// Bring newer models and prices
///
/// The body is JSON as the documentation describes it, or the data of genai-prices as its project
/// publishes them. A list takes the place of the one that is there; all of it is taken or nothing.
/// Calls that were made keep what they cost.
#[utoipa::path(put, path = "/catalog/update", tag = "catalog",
    operation_id = "update_catalog", params(UpdateQuery),
    request_body(content = Value, description = "Models and prices."),
    responses((status = 200, description = "What is changed.", body = CatalogChange)))]
pub(crate) async fn put(
    State(shelves): State<Shelves>,
    principal: Principal,
    Parameters(query): Parameters<UpdateQuery>,
    JsonText(text): JsonText,
) -> Result<Json<CatalogChange>, Problem> {
    let origin: String = query.origin.chars().take(LONGEST_ORIGIN).collect();
    let from = origin.clone();
    let reading = tokio::task::spawn_blocking(move || Update::read(&text, &from));
    let read = reading.await.map_err(Problem::internal)?;
    let update = read.map_err(|faults| {
        let detail = "The catalogue stays as it is: what was sent has faults.";
        let fault = |fault: SpecError| Fault {
            pointer: None,
            detail: fault.to_string(),
        };
        Problem::invalid(detail, faults.into_iter().map(fault).collect())
    })?;
    let before = Arc::clone(shelves.runtime.snapshot().catalogue());
    let after = update.catalogue(0);
    let differences = compare(&*before, &*after, (shelves.clock)());
    let change = if query.dry_run {
        None
    } else {
        let about = json!({
            "source": update.source,
            "origin": origin,
            "models": update.models(),
        });
        let text = serde_json::to_string(&update).map_err(Problem::internal)?;
        Some(CatalogueChange::Bring(text, about))
    };
    finish(&shelves, principal.actor(), change, differences).await
}

/// Go back to the models and prices that are built in
#[utoipa::path(delete, path = "/catalog/update", tag = "catalog",
    operation_id = "reset_catalog",
    responses((status = 200, description = "What is changed.", body = CatalogChange)))]
pub(crate) async fn delete(
    State(shelves): State<Shelves>,
    principal: Principal,
) -> Result<Json<CatalogChange>, Problem> {
    let before = Arc::clone(shelves.runtime.snapshot().catalogue());
    let after = tollgate_catalog::builtin();
    let differences = compare(&*before, &*after, (shelves.clock)());
    let change = Some(CatalogueChange::Reset);
    finish(&shelves, principal.actor(), change, differences).await
}

async fn finish(
    shelves: &Shelves,
    actor: &str,
    change: Option<CatalogueChange>,
    differences: Vec<Difference>,
) -> Result<Json<CatalogChange>, Problem> {
    let made = match change {
        Some(change) => make(shelves, actor, change).await?,
        None => None,
    };
    Ok(Json(CatalogChange {
        revision: made.unwrap_or_else(|| shelves.runtime.snapshot().revision),
        changed: made.is_some(),
        differences: differences.into_iter().map(difference).collect(),
    }))
}

/// Changes which update is in force, and waits until this node serves it. Answers the revision;
/// `None` where it is in force already.
pub(crate) async fn make(
    shelves: &Shelves,
    actor: &str,
    change: CatalogueChange,
) -> Result<Option<u64>, Problem> {
    let made = shelves
        .store
        .change_catalogue(change, actor, (shelves.clock)())
        .await;
    let made = made.map_err(|error| match error {
        StoreError::Conflict(why) => Problem::conflict(why),
        error => store_failed(error),
    })?;
    if let Some(made) = &made {
        tracing::info!(revision = made.revision, actor, "the catalogue was changed");
        shelves.runtime.refresh_configuration(made.revision).await;
    }
    Ok(made.map(|made| made.revision))
}

fn view(update: CatalogueUpdate) -> CatalogUpdate {
    let told = |name: &str| {
        let text = update.about.get(name).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let models = update.about.get("models").and_then(Value::as_u64);
    CatalogUpdate {
        revision: update.revision,
        at: update.at.to_string(),
        source: told("source"),
        origin: told("origin"),
        models: models
            .and_then(|models| usize::try_from(models).ok())
            .unwrap_or(0),
        actor: update.actor,
    }
}

fn difference(one: Difference) -> ModelDifference {
    ModelDifference {
        provider: one.provider,
        model: one.model,
        change: match one.happened {
            Happened::New => ModelChange::New,
            Happened::Changed => ModelChange::Changed,
            Happened::Gone => ModelChange::Gone,
        },
        rates: one
            .rates
            .into_iter()
            .map(|rate| RateChange {
                class: rate.class,
                before: rate.before,
                after: rate.after,
            })
            .collect(),
        other: one.more,
    }
}
