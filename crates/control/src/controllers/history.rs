//! Who changed what, and the way back.

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tollgate_model::resource::{Document, Kind};
use tollgate_store::{CatalogueChange, ChangedKind, HistoryFilter, Revision, Store, Subject};

use super::catalog_update;
use crate::access::Principal;
use crate::configuration::{Applied, Configuration, Wish, invalid};
use crate::control::Shelves;
use crate::extract::{Parameters, Path, kind, name, page_size};
use crate::failure::store_failed;
use crate::plan::{Action, Edit};
use crate::problem::Problem;
use crate::schema::{Page, described};

/// One change of one resource, or of the catalogue.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Revision")]
pub(crate) struct RevisionView {
    /// Its number; every change has the next one.
    pub revision: u64,
    /// When, as RFC 3339.
    pub at: String,
    /// Who.
    pub actor: String,
    /// What was done.
    pub action: Action,
    /// Of what.
    pub kind: RevisionKind,
    /// The resource's name; `catalogue` where it is that.
    pub name: String,
    /// The spec before; absent where the resource was made. Of the catalogue: what was told of the
    /// update in force; absent where none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// The same after it; absent where the resource was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

/// What a revision is of: a kind of resource, or `Catalogue`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum RevisionKind {
    /// A resource of this kind.
    Resource(Kind),
    /// The catalogue.
    Catalogue(CatalogueWord),
}

/// The word for the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) enum CatalogueWord {
    /// The catalogue: which update of it is in force.
    Catalogue,
}

/// Revisions, a page at a time.
pub(crate) type RevisionPage = Page<RevisionView>;

described!(RevisionView, RevisionPage);

/// Which revisions to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct HistoryQuery {
    /// Only those of resources of this kind, or of the `Catalogue`.
    kind: Option<String>,
    /// Only those of this name.
    name: Option<String>,
    /// Only those before this revision: the `next` of the page before.
    before: Option<u64>,
    /// How many, from 1 to 1000; 100 where it is left out.
    limit: Option<u32>,
}

/// Who changed what, the newest first
#[utoipa::path(get, path = "/history", tag = "configuration", operation_id = "list_history",
    params(HistoryQuery),
    responses((status = 200, description = "A page of revisions.", body = RevisionPage)))]
pub(crate) async fn list(
    State(store): State<Store>,
    Parameters(query): Parameters<HistoryQuery>,
) -> Result<Json<RevisionPage>, Problem> {
    let filter = HistoryFilter {
        kind: query.kind.as_deref().map(changed_kind).transpose()?,
        name: query.name.as_deref().map(name).transpose()?,
    };
    let size = page_size(query.limit, 100)?;
    let found = store
        .history(&filter, query.before, size + 1)
        .await
        .map_err(store_failed)?;
    let views = found.into_iter().map(view).collect();
    Ok(Json(Page::cut(views, size, |last| {
        last.revision.to_string()
    })))
}

/// Set a resource back to what it was after a revision
///
/// The resource is the one that the revision changed; it may be the catalogue. The restoration is a
/// change of its own; it is checked as any other.
#[utoipa::path(post, path = "/history/{revision}/restore", tag = "configuration",
    operation_id = "restore",
    params(("revision" = u64, Path, description = "The revision.")),
    responses((status = 200, description = "What was changed.", body = Applied)))]
pub(crate) async fn restore(
    State(store): State<Store>,
    State(configuration): State<Configuration>,
    State(shelves): State<Shelves>,
    principal: Principal,
    Path(revision): Path<u64>,
) -> Result<Json<Applied>, Problem> {
    let before = revision.checked_add(1);
    let found = store.history(&HistoryFilter::default(), before, 1).await;
    let found = found.map_err(store_failed)?.pop();
    let Some(then) = found.filter(|found| found.revision == revision) else {
        return Err(Problem::not_found(format!(
            "There is no revision {revision}."
        )));
    };
    let Subject::Resource(kind, name) = then.subject else {
        let update = then
            .after
            .as_ref()
            .and_then(|after| after.get("update")?.as_u64());
        let change = update.map_or(CatalogueChange::Reset, CatalogueChange::Restore);
        let made = catalog_update::make(&shelves, principal.actor(), change).await?;
        return Ok(Json(Applied {
            revision: made.unwrap_or_else(|| shelves.runtime.snapshot().revision),
            changes: Vec::new(),
            warnings: Vec::new(),
        }));
    };
    let edit = match then.after {
        None => Edit::Delete(kind, name),
        Some(spec) => {
            let checked = Document { kind, name, spec }.check();
            Edit::Put(Box::new(checked.map_err(|fault| invalid(&[fault], &[]))?))
        }
    };
    let wish = Wish {
        edits: vec![edit],
        ..Wish::default()
    };
    configuration
        .change(principal.actor(), &wish)
        .await
        .map(Json)
}

fn changed_kind(word: &str) -> Result<ChangedKind, Problem> {
    if word.eq_ignore_ascii_case(ChangedKind::Catalogue.as_str()) {
        return Ok(ChangedKind::Catalogue);
    }
    kind(word).map(ChangedKind::Resource)
}

fn view(revision: Revision) -> RevisionView {
    let (_, name) = revision.subject.words();
    RevisionView {
        revision: revision.revision,
        at: revision.at.to_string(),
        actor: revision.actor,
        action: Action::between(revision.before.as_ref(), revision.after.as_ref()),
        kind: match revision.subject.kind() {
            ChangedKind::Resource(kind) => RevisionKind::Resource(kind),
            ChangedKind::Catalogue => RevisionKind::Catalogue(CatalogueWord::Catalogue),
        },
        name: name.to_owned(),
        before: revision.before,
        after: revision.after,
    }
}
