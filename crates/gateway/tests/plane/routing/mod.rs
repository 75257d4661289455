//! How a model gets from a call to a target.

mod conditions;
mod credentials;
mod fallbacks;
mod hedges;
mod outliers;
mod shadow;
mod strategies;
mod tasks;
mod timeouts;

use serde_json::{Value, json};
use tollgate_model::call::CallRecord;

use crate::client::Answer;
use crate::voices::OPENAI;
use crate::world::{Plane, Setup};

/// A model `smart` by its spec, and providers that speak OpenAI's dialect at these addresses.
pub(crate) fn routed(spec: Value, providers: &[(&str, &str)]) -> Setup {
    let model = json!({ "kind": "Model", "name": "smart", "spec": spec });
    providers
        .iter()
        .fold(Setup::bare(), |setup, (name, url)| {
            setup.provider(name, &OPENAI, url, json!({}))
        })
        .resource(model)
}

/// A target `m-1` of a provider, with more members.
pub(crate) fn target(provider: &str, more: Value) -> Value {
    let mut target = json!({ "provider": provider, "model": "m-1" });
    for (member, value) in more.as_object().unwrap() {
        target[member] = value.clone();
    }
    target
}

/// Who answered.
pub(crate) fn by(answer: &Answer) -> &str {
    assert_eq!(answer.status(), 200, "{}", answer.text());
    answer.header("x-tollgate-provider")
}

/// Who answers a request.
pub(crate) fn answers(plane: &Plane, body: impl AsRef<[u8]>) -> String {
    by(&plane.chat(body)).to_owned()
}

/// The order of a call's targets, each with the number by which it came there.
pub(crate) fn order(call: &CallRecord) -> Vec<String> {
    let choice = call.choice.as_ref().expect("there was a choice");
    let ranked = choice.order.iter();
    ranked
        .map(|ranked| match ranked.by.as_str() {
            "" => ranked.provider.to_string(),
            by => format!("{}: {by}", ranked.provider),
        })
        .collect()
}

/// What was left out, and why.
pub(crate) fn skipped(call: &CallRecord) -> Vec<String> {
    let choice = call.choice.as_ref().expect("there was a choice");
    let skipped = choice.skipped.iter();
    skipped
        .map(|skipped| match &skipped.credential {
            None => format!("{} {}", skipped.provider, skipped.why),
            Some(name) => format!("{} {name} {}", skipped.provider, skipped.why),
        })
        .collect()
}
