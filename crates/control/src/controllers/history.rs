//! Who changed what, and the way back.

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tollgate_model::Name;
use tollgate_model::resource::{Document, Kind};
use tollgate_store::{HistoryFilter, Revision, Store};

use crate::access::Principal;
use crate::configuration::{Applied, Configuration, Wish, invalid};
use crate::extract::{Parameters, Path, kind, name, page_size};
use crate::failure::store_failed;
use crate::plan::{Action, Edit};
use crate::problem::Problem;
use crate::schema::{Page, described};

/// One change of one resource.
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
    /// The resource's kind.
    pub kind: Kind,
    /// The resource's name.
    pub name: Name,
    /// The spec before; absent where the resource was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// The spec after; absent where the resource was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

/// Revisions, a page at a time.
pub(crate) type RevisionPage = Page<RevisionView>;

described!(RevisionView, RevisionPage);

/// Which revisions to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct HistoryQuery {
    /// Only those of resources of this kind.
    kind: Option<String>,
    /// Only those of resources of this name.
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
        kind: query.kind.as_deref().map(kind).transpose()?,
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
/// The resource is the one that the revision changed. The restoration is a change of its own; it is
/// checked as any other.
#[utoipa::path(post, path = "/history/{revision}/restore", tag = "configuration",
    operation_id = "restore",
    params(("revision" = u64, Path, description = "The revision.")),
    responses((status = 200, description = "What was changed.", body = Applied)))]
pub(crate) async fn restore(
    State(store): State<Store>,
    State(configuration): State<Configuration>,
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
    let (kind, name) = (then.kind, then.name);
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

fn view(revision: Revision) -> RevisionView {
    RevisionView {
        revision: revision.revision,
        at: revision.at.to_string(),
        actor: revision.actor,
        action: Action::between(revision.before.as_ref(), revision.after.as_ref()),
        kind: revision.kind,
        name: revision.name,
        before: revision.before,
        after: revision.after,
    }
}
