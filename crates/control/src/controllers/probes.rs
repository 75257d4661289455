//! Providers asked, before any call is sent, whether they would answer.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use futures_util::future::join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tollgate_model::call::FailureClass;
use tollgate_model::probe::Probe;
use tollgate_model::resource::{Document, nearest};
use tollgate_model::snapshot::ProviderPlan;
use tollgate_model::{Kind, Name};

use crate::configuration::{Configuration, Wish, invalid};
use crate::extract::{Body, Path};
use crate::plan::Edit;
use crate::problem::Problem;
use crate::runtime::Runtime;
use crate::schema::described;

/// What came of asking a provider for its list of models.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct ProbeView {
    /// The credential with which it was asked; absent where it needs none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
    /// Whether it answered with its list.
    pub ok: bool,
    /// Microseconds that it took.
    pub took: u64,
    /// The names of its models, as the provider writes them.
    pub models: Vec<String>,
    /// How it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<FailureClass>,
    /// The status of its answer, where one came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What the provider or the network said, redacted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// One probe per credential.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Probes {
    /// The probes, in the order of the credentials.
    pub items: Vec<ProbeView>,
}

/// A provider that is not stored yet.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProbeBody {
    /// The name that it shall have.
    name: Name,
    /// Its spec, as `Provider` takes it.
    spec: Value,
}

described!(ProbeView, Probes, ProbeBody);

/// Test a provider
///
/// Asks it for its list of models with each of its credentials, which costs nothing.
#[utoipa::path(post, path = "/providers/{name}/test", tag = "models", operation_id = "test_provider",
    params(("name" = String, Path, description = "The provider.")),
    responses((status = 200, description = "What came of it.", body = Probes)))]
pub(crate) async fn stored(
    State(runtime): State<Arc<dyn Runtime>>,
    Path(name): Path<String>,
) -> Result<Json<Probes>, Problem> {
    let snapshot = runtime.snapshot();
    let known = snapshot.providers().iter().map(|plan| &*plan.name);
    let Some(provider) = snapshot.providers().iter().find(|p| *p.name == *name) else {
        let near = nearest(&name, known).map(|near| format!(" Did you mean {near}?"));
        let hint = near.unwrap_or_default();
        return Err(Problem::not_found(format!(
            "There is no provider called \"{name}\".{hint}"
        )));
    };
    Ok(Json(probes(&*runtime, provider).await))
}

/// Test a provider before it is stored
///
/// The spec is checked as `PUT /resources/Provider/{name}` checks it; nothing is changed.
#[utoipa::path(post, path = "/providers/test", tag = "models", operation_id = "test_new_provider",
    request_body = ProbeBody,
    responses((status = 200, description = "What came of it.", body = Probes)))]
pub(crate) async fn proposed(
    State(configuration): State<Configuration>,
    State(runtime): State<Arc<dyn Runtime>>,
    Body(ProbeBody { name, spec }): Body<ProbeBody>,
) -> Result<Json<Probes>, Problem> {
    let kind = Kind::Provider;
    let places = vec![(format!("{kind} {name}"), "#".to_owned())];
    let document = Document {
        kind,
        name: name.clone(),
        spec,
    };
    let resource = document
        .check()
        .map_err(|fault| invalid(&[fault], &places))?;
    let wish = Wish {
        edits: vec![Edit::Put(Box::new(resource))],
        places,
        ..Wish::default()
    };
    let snapshot = configuration.compiled_with(&wish).await?;
    let provider = snapshot
        .providers()
        .iter()
        .find(|p| *p.name == *name.as_str());
    let provider = provider.ok_or_else(|| Problem::internal("a provider was not compiled"))?;
    Ok(Json(probes(&*runtime, provider).await))
}

/// Asks a provider with each of its credentials at once; those that cannot be opened come last.
async fn probes(runtime: &dyn Runtime, provider: &Arc<ProviderPlan>) -> Probes {
    let credentials: Vec<Option<Arc<str>>> = match provider.keyless {
        true => vec![None],
        false => {
            let all = provider.credentials.iter();
            all.map(|credential| Some(Arc::clone(&credential.name)))
                .collect()
        }
    };
    let asked = credentials.into_iter().map(|credential| async {
        let probe = runtime.probe(Arc::clone(provider), credential.clone());
        view(credential, probe.await)
    });
    let mut items = join_all(asked).await;
    items.extend(provider.missing.iter().map(|why| unopened(why)));
    Probes { items }
}

/// What is to be known of a success that may be none.
const OPEN_TO_ALL: &str = "The provider tells its models to whoever asks, so this does not prove that \
                           the key is good.";

fn view(credential: Option<Arc<str>>, probe: Probe) -> ProbeView {
    let mut view = ProbeView {
        credential: credential.map(|name| name.to_string()),
        ok: probe.outcome.is_ok(),
        took: probe.took,
        models: Vec::new(),
        class: None,
        status: None,
        note: probe.open_to_all.then(|| OPEN_TO_ALL.to_owned()),
    };
    match probe.outcome {
        Ok(models) => view.models = models,
        Err(failure) => {
            view.class = Some(failure.class);
            view.status = failure.status;
            view.note = Some(failure.note);
        }
    }
    view
}

/// A credential that could not be opened, from the sentence that says why.
fn unopened(why: &str) -> ProbeView {
    let parts = why
        .strip_prefix("credential ")
        .and_then(|rest| rest.split_once(": "));
    let (name, why) = parts.unzip();
    ProbeView {
        credential: name.map(str::to_owned),
        ok: false,
        took: 0,
        models: Vec::new(),
        class: None,
        status: None,
        note: why.map(str::to_owned),
    }
}
