//! Many resources at a time: apply and export.

use std::collections::HashSet;

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tollgate_model::resource::{Document, SpecError};
use tollgate_store::Store;

use crate::access::Principal;
use crate::configuration::{Applied, Configuration, Wish, invalid};
use crate::extract::{Body, Precondition};
use crate::failure::store_failed;
use crate::plan::Edit;
use crate::problem::Problem;
use crate::schema::described;

/// Resources to apply.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApplyBody {
    /// The resources: all of them are made so, or none.
    documents: Vec<Document>,
    /// Whether to tell only what would change.
    #[serde(default)]
    dry_run: bool,
}

/// Every resource, as `apply` takes them.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Export {
    /// The resources, those that others name first. Of keys it has the hashes; secrets are not part
    /// of it.
    pub documents: Vec<Document>,
}

described!(ApplyBody, Applied, Export);

/// Apply resources: all of them, or none
///
/// The configuration that would result is compiled first, and refused with every fault that is
/// found. What is not named stays as it is.
#[utoipa::path(post, path = "/apply", tag = "configuration", operation_id = "apply",
    request_body = ApplyBody,
    responses((status = 200, description = "What was changed, or would be.", body = Applied)))]
pub(crate) async fn apply(
    State(configuration): State<Configuration>,
    principal: Principal,
    Body(body): Body<ApplyBody>,
) -> Result<Json<Applied>, Problem> {
    let wish = wish(&body.documents, body.dry_run)?;
    configuration
        .change(principal.actor(), &wish)
        .await
        .map(Json)
}

fn wish(documents: &[Document], dry_run: bool) -> Result<Wish, Problem> {
    let owner = |document: &Document| format!("{} {}", document.kind, document.name);
    let places = documents.iter().enumerate();
    let places = places.map(|(at, document)| (owner(document), format!("#/documents/{at}")));
    let places: Vec<_> = places.collect();
    let (mut edits, mut faults, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
    for document in documents {
        if !seen.insert((document.kind, &document.name)) {
            let place = format!("{}: name", owner(document));
            faults.push(SpecError::new(place, "this resource is given twice"));
        }
        match document.check() {
            Ok(resource) => edits.push(Edit::Put(Box::new(resource))),
            Err(fault) => faults.push(fault),
        }
    }
    if !faults.is_empty() {
        return Err(invalid(&faults, &places));
    }
    Ok(Wish {
        edits,
        places,
        precondition: Precondition::default(),
        dry_run,
    })
}

/// Every resource as `apply` takes it
#[utoipa::path(get, path = "/export", tag = "configuration", operation_id = "export",
    responses((status = 200, description = "Every resource.", body = Export)))]
pub(crate) async fn export(State(store): State<Store>) -> Result<Json<Export>, Problem> {
    let resources = store.export().await.map_err(store_failed)?;
    let documents = resources
        .iter()
        .map(|resource| resource.to_document())
        .collect();
    Ok(Json(Export { documents }))
}
