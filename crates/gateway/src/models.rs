//! The list of models, as the caller's clients read it.

use http::Response;
use serde_json::{Value, json};
use tollgate_model::snapshot::ModelPlan;
use tollgate_model::{Dialect, Reason, Refusal};

use crate::address::Operation;
use crate::answer::{self, refuse};
use crate::body::Reply;
use crate::exchange::Exchange;

/// A model, as the clients of a dialect read it. When it was made is not known, so that where a date
/// must be, it is the earliest.
fn entry(dialect: Dialect, plan: &ModelPlan) -> Value {
    match dialect {
        Dialect::OpenaiChat => json!({
            "id": plan.name, "object": "model", "created": 0, "owned_by": owner(plan),
        }),
        Dialect::AnthropicMessages => json!({
            "type": "model", "id": plan.name, "display_name": plan.name,
            "created_at": "1970-01-01T00:00:00Z",
        }),
        Dialect::Gemini => {
            let mut entry = json!({
                "name": format!("models/{}", plan.name), "version": "", "displayName": plan.name,
                "supportedGenerationMethods":
                    ["generateContent", "streamGenerateContent", "countTokens"],
            });
            if let Some(most) = plan.targets.first().and_then(|target| target.max_output) {
                entry["outputTokenLimit"] = json!(most);
            }
            entry
        }
    }
}

fn owner(plan: &ModelPlan) -> &str {
    let first = plan.targets.first().filter(|_| plan.rule.is_none());
    first.map_or("tollgate", |target| &target.provider.name)
}

/// All of these models, in the order of their names, in one page.
fn list(dialect: Dialect, mut plans: Vec<&ModelPlan>) -> Value {
    plans.sort_by_key(|plan| &plan.name);
    let entries: Vec<Value> = plans.iter().map(|plan| entry(dialect, plan)).collect();
    match dialect {
        Dialect::OpenaiChat => json!({ "object": "list", "data": entries }),
        Dialect::AnthropicMessages => json!({
            "data": entries, "has_more": false,
            "first_id": plans.first().map(|plan| &plan.name),
            "last_id": plans.last().map(|plan| &plan.name),
        }),
        Dialect::Gemini => json!({ "models": entries }),
    }
}

/// Whether the caller's key may ask for a model.
fn may_use(call: &Exchange, name: &str) -> bool {
    call.key.as_ref().is_some_and(|key| key.allows(name))
}

/// The refusal of a model that nobody knows, with the names that were perhaps meant, as far as the
/// key may use them.
pub(crate) fn unknown(call: &Exchange, name: &str) -> Refusal {
    let name: String = name.chars().take(200).collect();
    let mut near = call.snapshot.near_matches(&name);
    near.retain(|known| may_use(call, known));
    let detail = match near.as_slice() {
        [] => {
            let list = match call.dialect {
                Dialect::Gemini => "/v1beta/models",
                Dialect::OpenaiChat | Dialect::AnthropicMessages => "/v1/models",
            };
            format!("There is no model \"{name}\"; `GET {list}` lists those there are.")
        }
        near => format!(
            "There is no model \"{name}\". Did you mean {}?",
            near.join(", ")
        ),
    };
    Refusal::new(Reason::ModelNotFound, detail).at("model")
}

/// Answers a question about models: only those that the key may ask for.
pub(crate) fn answer(mut call: Exchange) -> Response<Reply> {
    let allowed = |name: &str| may_use(&call, name);
    let asked = call.address.model.as_deref();
    let body = match asked.filter(|_| call.address.operation == Some(Operation::GetModel)) {
        Some(name) => match call.snapshot.resolve(name).filter(|_| allowed(name)) {
            Some(plan) => entry(call.dialect, &plan),
            None => {
                let refusal = unknown(&call, name);
                return refuse(call, refusal);
            }
        },
        None => {
            let plans = call.snapshot.models().filter(|plan| allowed(&plan.name));
            list(call.dialect, plans.map(|plan| &**plan).collect())
        }
    };
    // A look at a list is no call: nothing is recorded.
    call.closed = true;
    answer::json(&call, body.to_string().into())
}
