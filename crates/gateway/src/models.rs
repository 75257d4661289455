//! The list of models, as the caller's clients read it.

use std::sync::Arc;

use http::Response;
use serde_json::{Value, json};
use tollgate_model::abilities::Ability;
use tollgate_model::snapshot::ModelPlan;
use tollgate_model::task::Task;
use tollgate_model::{Dialect, Reason, Refusal};

use crate::address::Operation;
use crate::answer::{self, refuse};
use crate::body::Reply;
use crate::exchange::Exchange;

/// Where a date must be and none is known.
const EARLIEST: &str = "1970-01-01T00:00:00Z";
/// The version of Ollama's API that is spoken here, by which its clients tell what they may ask for.
const OLLAMA_VERSION: &str = "0.13.0";

/// A model, as the clients of a dialect read it. When it was made is not known, so that where a date
/// must be, it is the earliest.
fn entry(dialect: Dialect, plan: &ModelPlan) -> Value {
    match dialect {
        Dialect::OpenaiChat | Dialect::OpenaiCompletions | Dialect::OpenaiResponses => json!({
            "id": plan.name, "object": "model", "created": 0, "owned_by": owner(plan),
        }),
        Dialect::AnthropicMessages => json!({
            "type": "model", "id": plan.name, "display_name": plan.name,
            "created_at": EARLIEST,
        }),
        Dialect::Gemini => {
            let mut entry = json!({
                "name": format!("models/{}", plan.name), "version": "", "displayName": plan.name,
                "supportedGenerationMethods": methods(plan),
            });
            if let Some(most) = plan.targets.first().and_then(|target| target.max_output) {
                entry["outputTokenLimit"] = json!(most);
            }
            entry
        }
        Dialect::Ollama | Dialect::OllamaGenerate => json!({
            "name": plan.name, "model": plan.name, "modified_at": EARLIEST, "size": 0, "digest": "",
            "details": details(),
        }),
        Dialect::Cohere => json!({
            "name": plan.name, "endpoints": ["chat"], "finetuned": false,
            "default_endpoints": [], "is_deprecated": false,
        }),
        Dialect::BedrockConverse => json!({
            "modelId": plan.name, "modelArn": plan.name, "modelName": plan.name,
            "providerName": owner(plan), "inputModalities": ["TEXT"], "outputModalities": ["TEXT"],
            "responseStreamingSupported": true, "inferenceTypesSupported": ["ON_DEMAND"],
            "modelLifecycle": { "status": "ACTIVE" },
        }),
    }
}

/// By which of Gemini's verbs a model is asked: one that is known to make nothing but vectors, or to do
/// nothing but a task in which Gemini has no verb, answers no conversation.
fn methods(plan: &ModelPlan) -> Vec<&'static str> {
    let may = |ability| {
        plan.targets
            .iter()
            .any(|target| target.abilities.may_have(ability))
    };
    let embeds = plan.targets.iter().any(|target| {
        let has = target.provider.tasks.contains_key(&Task::Embeddings);
        has && target.abilities.may_have(Ability::Embeddings)
    });
    let mut methods = Vec::new();
    if may(Ability::Chat) || may(Ability::Completions) {
        methods.extend(["generateContent", "streamGenerateContent", "countTokens"]);
    }
    if embeds {
        methods.extend(["embedContent", "batchEmbedContents"]);
    }
    methods
}

/// One model, as the clients of a dialect read it where they ask for it alone.
fn alone(dialect: Dialect, plan: &ModelPlan) -> Value {
    let entry = entry(dialect, plan);
    match dialect {
        Dialect::BedrockConverse => json!({ "modelDetails": entry }),
        _ => entry,
    }
}

/// What Ollama tells of a model's file, of which there is none here.
fn details() -> Value {
    json!({
        "parent_model": "", "format": "", "family": "", "families": [], "parameter_size": "",
        "quantization_level": "",
    })
}

/// What a model of Ollama's can do, and by which ability of the catalogue that is known. Of a model that
/// the catalogue does not know its clients may ask for all that is carried; a provider that cannot says
/// so.
const CAPABILITIES: [(&str, Ability); 5] = [
    ("completion", Ability::Chat),
    ("tools", Ability::Tools),
    ("vision", Ability::Vision),
    ("thinking", Ability::Reasoning),
    ("embedding", Ability::Embeddings),
];

fn capabilities(plan: &ModelPlan) -> Vec<&'static str> {
    let targets = || plan.targets.iter().map(|target| target.abilities);
    let can = |ability: &Ability| match ability {
        // Who is not known to make vectors is not asked for them.
        Ability::Embeddings => targets().any(|known| known.has(Ability::Embeddings)),
        other => targets().any(|known| known.may_have(*other)),
    };
    let known = CAPABILITIES.iter().filter(|(_, ability)| can(ability));
    known.map(|(word, _)| *word).collect()
}

/// One model as Ollama shows it.
fn shown(plan: &ModelPlan) -> Value {
    let window = plan
        .targets
        .first()
        .and_then(|target| target.context_window);
    let info = window.map_or(
        json!({}),
        |window| json!({ "general.context_length": window }),
    );
    json!({
        "modelfile": "", "parameters": "", "template": "", "license": "", "modified_at": EARLIEST,
        "details": details(), "model_info": info, "capabilities": capabilities(plan),
    })
}

/// The model whose name stands in the body, in the newer of two ways or the older one.
fn asked_in_body(call: &Exchange) -> Result<String, Refusal> {
    let body: Value = serde_json::from_slice(&call.body)
        .map_err(|_| Refusal::new(Reason::RequestMalformed, "The body is not JSON."))?;
    let names = ["model", "name"].iter();
    let mut names = names.filter_map(|member| body.get(*member)?.as_str());
    let name = names.find(|name| !name.is_empty());
    name.map(str::to_owned).ok_or_else(|| {
        let detail = "`model` must be the name of a model.";
        Refusal::new(Reason::RequestMalformed, detail).at("model")
    })
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
        Dialect::OpenaiChat | Dialect::OpenaiCompletions | Dialect::OpenaiResponses => {
            json!({ "object": "list", "data": entries })
        }
        Dialect::AnthropicMessages => json!({
            "data": entries, "has_more": false,
            "first_id": plans.first().map(|plan| &plan.name),
            "last_id": plans.last().map(|plan| &plan.name),
        }),
        Dialect::Gemini | Dialect::Cohere | Dialect::Ollama | Dialect::OllamaGenerate => {
            json!({ "models": entries })
        }
        Dialect::BedrockConverse => json!({ "modelSummaries": entries }),
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
                Dialect::BedrockConverse => "/foundation-models",
                Dialect::Ollama | Dialect::OllamaGenerate => "/api/tags",
                Dialect::OpenaiChat
                | Dialect::OpenaiCompletions
                | Dialect::OpenaiResponses
                | Dialect::AnthropicMessages
                | Dialect::Cohere => "/v1/models",
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
    match told(&call) {
        Ok(body) => {
            // A look at a list is no call: nothing is recorded.
            call.closed = true;
            answer::json(&call, body.to_string().into())
        }
        Err(refusal) => refuse(call, refusal),
    }
}

fn told(call: &Exchange) -> Result<Value, Refusal> {
    match (call.address.operation, call.address.model.as_deref()) {
        (Some(Operation::GetModel), Some(name)) => Ok(alone(call.dialect, &*known(call, name)?)),
        (Some(Operation::ShowModel), _) => {
            let plan = known(call, &asked_in_body(call)?)?;
            Ok(shown(&plan))
        }
        (Some(Operation::Version), _) => Ok(json!({ "version": OLLAMA_VERSION })),
        _ => {
            let plans = call.snapshot.models();
            let plans = plans.filter(|plan| may_use(call, &plan.name));
            Ok(list(call.dialect, plans.map(|plan| &**plan).collect()))
        }
    }
}

/// The model of this name.
fn known(call: &Exchange, name: &str) -> Result<Arc<ModelPlan>, Refusal> {
    let plan = call.snapshot.resolve(name);
    let plan = plan.filter(|_| may_use(call, name));
    plan.ok_or_else(|| unknown(call, name))
}
