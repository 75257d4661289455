//! The list of models, as OpenAI's clients read it.

use http::Response;
use serde::Serialize;
use tollgate_model::snapshot::ModelPlan;
use tollgate_model::{Reason, Refusal};

use crate::answer::{self, refuse};
use crate::body::Reply;
use crate::exchange::{Exchange, Operation, impossible};

#[derive(Serialize)]
struct List<'a> {
    object: &'static str,
    data: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    id: &'a str,
    object: &'static str,
    created: i64,
    owned_by: &'a str,
}

impl<'a> Entry<'a> {
    fn of(plan: &'a ModelPlan) -> Entry<'a> {
        let provider = plan
            .targets
            .first()
            .map_or("tollgate", |target| &target.provider.name);
        let owned_by = if plan.rule.is_some() {
            "tollgate"
        } else {
            provider
        };
        Entry {
            id: &plan.name,
            object: "model",
            created: 0,
            owned_by,
        }
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
        [] => format!("There is no model \"{name}\"; `GET /v1/models` lists those there are."),
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
    let body = match &call.operation {
        Operation::GetModel(name) => match call.snapshot.resolve(name).filter(|_| allowed(name)) {
            Some(plan) => serde_json::to_vec(&Entry::of(&plan)),
            None => {
                let refusal = unknown(&call, name);
                return refuse(call, refusal);
            }
        },
        Operation::ListModels | Operation::Chat => {
            let plans = call.snapshot.models().filter(|plan| allowed(&plan.name));
            let mut data: Vec<Entry<'_>> = plans.map(|plan| Entry::of(plan)).collect();
            data.sort_by_key(|entry| entry.id);
            serde_json::to_vec(&List {
                object: "list",
                data,
            })
        }
    };
    match body {
        Ok(body) => {
            // A look at a list is no call: nothing is recorded.
            call.closed = true;
            answer::json(&call, body.into())
        }
        Err(_) => refuse(call, impossible("a list that cannot be written")),
    }
}
