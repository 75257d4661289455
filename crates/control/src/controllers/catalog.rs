//! What is known of providers and models, configured or not.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tollgate_catalog::providers as known_providers;
use tollgate_model::abilities::{Abilities, Ability, Modalities};
use tollgate_model::catalogue::{Catalogue, ModelFacts};
use tollgate_model::resource::nearest;
use tollgate_model::resources::PlatformSpec;
use tollgate_model::{Dialect, Micros, ServiceTier};

use crate::control::Clock;
use crate::extract::Parameters;
use crate::prices::{self, PriceView};
use crate::problem::Problem;
use crate::schema::{Page, described};

/// A provider that the catalogue knows.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct CatalogProvider {
    /// The id, for a `Provider` of this name or its `catalog` member.
    pub id: String,
    /// The name for people.
    pub title: String,
    /// The wire format.
    pub dialect: Dialect,
    /// The address; absent where only its user knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// The usual environment variables of its API key.
    pub env: Vec<String>,
    /// Whether it works without a key.
    pub keyless: bool,
    /// What a credential of it usually is: the member of a credential that holds it.
    pub credential: UsualCredential,
    /// How many of its models are known.
    pub models: usize,
}

/// What a credential of a provider usually is.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum UsualCredential {
    /// An API key.
    Key,
    /// The key file of a Google service account.
    ServiceAccount,
}

/// A model that the catalogue knows.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct CatalogModel {
    /// The provider's id.
    pub provider: String,
    /// The provider's name for the model.
    pub id: String,
    /// What it costs now; absent where the catalogue has no price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<PriceView>,
    /// The most tokens of prompt and answer together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_window: Option<u64>,
    /// The most tokens of an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_output: Option<u64>,
    /// What it takes in; absent where nobody knows.
    #[serde(default, skip_serializing_if = "Modalities::is_unknown")]
    pub input: Modalities,
    /// What it gives; absent where nobody knows.
    #[serde(default, skip_serializing_if = "Modalities::is_unknown")]
    pub output: Modalities,
    /// What it can do; absent where nobody knows.
    #[serde(default, skip_serializing_if = "Abilities::is_unknown")]
    pub abilities: Abilities,
    /// What it costs now in other tiers of service than the standard one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub services: BTreeMap<ServiceTier, PriceView>,
    /// Whether its provider has announced its end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deprecated: bool,
}

/// The providers of the catalogue.
pub(crate) type CatalogProviderPage = Page<CatalogProvider>;

/// Models of the catalogue.
pub(crate) type CatalogModelPage = Page<CatalogModel>;

described!(
    CatalogProvider,
    CatalogModel,
    CatalogProviderPage,
    CatalogModelPage
);

/// Which models to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CatalogQuery {
    /// Only those of this provider.
    provider: Option<String>,
    /// A part of the name.
    q: Option<String>,
    /// Only those that are known to have these abilities, such as `vision,tools`.
    can: Option<String>,
    /// The most models to list; all where it is left out.
    limit: Option<usize>,
}

/// The providers that the catalogue knows
#[utoipa::path(get, path = "/catalog/providers", tag = "catalog",
    operation_id = "list_catalog_providers",
    responses((status = 200, description = "The providers.", body = CatalogProviderPage)))]
pub(crate) async fn providers(
    State(catalogue): State<Arc<dyn Catalogue>>,
) -> Json<CatalogProviderPage> {
    let views = known_providers().iter().map(|facts| CatalogProvider {
        id: facts.id.clone(),
        title: facts.title.clone(),
        dialect: facts.dialect,
        base_url: facts.base_url.clone(),
        env: facts.env.clone(),
        keyless: facts.keyless,
        credential: match facts.platform {
            Some(PlatformSpec::Vertex(_)) => UsualCredential::ServiceAccount,
            Some(PlatformSpec::Azure(_)) | None => UsualCredential::Key,
        },
        models: catalogue.models(&facts.id).len(),
    });
    Json(Page::whole(views.collect()))
}

/// The models that the catalogue knows, with their prices
#[utoipa::path(get, path = "/catalog/models", tag = "catalog", operation_id = "list_catalog_models",
    params(CatalogQuery),
    responses((status = 200, description = "The models.", body = CatalogModelPage)))]
pub(crate) async fn models(
    State(catalogue): State<Arc<dyn Catalogue>>,
    State(clock): State<Clock>,
    Parameters(query): Parameters<CatalogQuery>,
) -> Result<Json<CatalogModelPage>, Problem> {
    let ids = known_providers().iter().map(|facts| facts.id.as_str());
    if let Some(wanted) = &query.provider
        && catalogue.provider(wanted).is_none()
    {
        let near = nearest(wanted, ids).map(|near| format!(" Did you mean {near}?"));
        let near = near.unwrap_or_default();
        let detail = format!("The catalogue has no provider \"{wanted}\".{near}");
        return Err(Problem::not_found(detail));
    }
    let now = clock();
    let wanted = abilities(query.can.as_deref().unwrap_or_default())?;
    let part = query.q.unwrap_or_default().to_lowercase();
    let found = ids
        .filter(|id| query.provider.as_deref().is_none_or(|wanted| wanted == *id))
        .flat_map(|id| catalogue.models(id).iter().map(move |facts| (id, facts)))
        .filter(|(_, facts)| facts.id.to_lowercase().contains(&part))
        .filter(|(_, facts)| wanted.iter().all(|one| facts.abilities.has(one)))
        .take(query.limit.unwrap_or(usize::MAX))
        .map(|(id, facts)| model(id, facts, now));
    Ok(Json(Page::whole(found.collect())))
}

fn abilities(words: &str) -> Result<Abilities, Problem> {
    let words = words
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty());
    let read = words.map(|word| {
        let known = Ability::ALL.into_iter().find(|one| one.as_str() == word);
        known.ok_or_else(|| {
            let all = Ability::ALL.map(Ability::as_str).join(", ");
            Problem::bad_request(format!("There is no ability \"{word}\"; there are {all}."))
        })
    });
    read.collect()
}

fn model(provider: &str, facts: &ModelFacts, now: Micros) -> CatalogModel {
    CatalogModel {
        provider: provider.to_owned(),
        id: facts.id.clone(),
        price: facts.price.as_ref().map(|price| prices::view(price, now)),
        context_window: facts.context_window,
        max_output: facts.max_output,
        input: facts.input,
        output: facts.output,
        abilities: facts.abilities,
        services: facts
            .services
            .iter()
            .map(|(tier, schedule)| (*tier, prices::view(schedule, now)))
            .collect(),
        deprecated: facts.deprecated,
    }
}
