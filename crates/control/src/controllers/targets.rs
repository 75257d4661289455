//! How the targets of models are doing.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::runtime::{Runtime, TargetHealth};
use crate::schema::{Page, described};

/// How a target among which a model chooses is doing, as this node has seen it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct TargetCondition {
    /// The provider.
    pub provider: String,
    /// The provider's name for the model.
    pub model: String,
    /// How many calls are under way there.
    pub under_way: u64,
    /// Microseconds until a streamed answer begins, of late; absent where none was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub streamed: Option<u32>,
    /// Microseconds until a whole answer is there, of late; absent where none was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whole: Option<u32>,
    /// Until when other targets go first, since it failed, as RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behind_until: Option<String>,
}

/// The targets of all models.
pub(crate) type TargetPage = Page<TargetCondition>;

described!(TargetCondition, TargetPage);

/// How the targets of models are doing
///
/// Those of a `Model` with several targets, once they were asked.
#[utoipa::path(get, path = "/targets/health", tag = "node", operation_id = "targets_health",
    responses((status = 200, description = "One item per target.", body = TargetPage)))]
pub(crate) async fn health(State(runtime): State<Arc<dyn Runtime>>) -> Json<TargetPage> {
    let views = runtime.targets().into_iter().map(view);
    Json(Page::whole(views.collect()))
}

fn view(health: TargetHealth) -> TargetCondition {
    TargetCondition {
        provider: health.provider.to_string(),
        model: health.model.to_string(),
        under_way: health.under_way,
        streamed: health.streamed,
        whole: health.whole,
        behind_until: health.behind_until.map(|until| until.to_string()),
    }
}
