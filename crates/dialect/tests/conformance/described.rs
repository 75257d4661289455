//! What is said in OpenAI's dialects, by OpenAI's own description of them: `openai/schema.json`, which
//! `openai/extract.py` takes out of the published OpenAPI document.

use std::collections::HashMap;

use jsonschema::Validator;
use serde_json::{Value, json};
use tollgate_dialect::inbound;
use tollgate_dialect::ir::{Delta, Event, Opening};
use tollgate_dialect::refusal::{self, View};
use tollgate_model::{CallId, Dialect, Reason, Refusal};

use crate::openai_responses::OpenaiResponses;
use crate::requests::Sent;
use crate::voice::{Told, Voice, Wish, events};
use crate::{VOICES, answers, requests};

/// The description, with a validator for each schema that was asked for.
pub(crate) struct Description {
    schemas: Value,
    made: HashMap<String, Validator>,
}

impl Description {
    pub(crate) fn read() -> Description {
        let schemas = serde_json::from_str(include_str!("openai/schema.json")).unwrap();
        Description {
            schemas,
            made: HashMap::new(),
        }
    }

    /// What is wrong with a value, by the schema of this name.
    pub(crate) fn faults(&mut self, name: &str, value: &Value) -> Vec<String> {
        let schemas = &self.schemas;
        let made = self.made.entry(name.to_owned()).or_insert_with(|| {
            let mut schema = schemas.clone();
            schema["$ref"] = format!("#/components/schemas/{name}").into();
            jsonschema::validator_for(&schema).unwrap()
        });
        let errors = made.iter_errors(value);
        let told = |error: jsonschema::ValidationError<'_>| {
            format!("{name} at `{}`: {error}", error.instance_path())
        };
        errors.map(told).collect()
    }

    /// The name of the schema of one event of the responses, so that a fault is told of this event
    /// and not of all that there are.
    fn event(&self, event: &Value) -> String {
        let schemas = &self.schemas["components"]["schemas"];
        let all = schemas["ResponseStreamEvent"]["anyOf"].as_array().unwrap();
        let mut names = all
            .iter()
            .filter_map(|one| one["$ref"].as_str()?.rsplit('/').next());
        let found = names
            .find(|name| schemas[name]["properties"]["type"]["enum"] == json!([event["type"]]));
        let unknown = || panic!("OpenAI describes no event of this type: {event}");
        found.unwrap_or_else(unknown).to_owned()
    }
}

/// The schemas of what is said in a dialect of OpenAI's: of requests, answers and, but for the
/// responses, events.
fn schemas(dialect: Dialect) -> Option<[&'static str; 3]> {
    Some(match dialect {
        Dialect::OpenaiChat => [
            "CreateChatCompletionRequest",
            "CreateChatCompletionResponse",
            "CreateChatCompletionStreamResponse",
        ],
        Dialect::OpenaiResponses => ["CreateResponse", "Response", ""],
        Dialect::OpenaiCompletions => [
            "CreateCompletionRequest",
            "CreateCompletionResponse",
            "CreateCompletionResponse",
        ],
        _ => return None,
    })
}

/// Every pair of dialects.
fn pairs() -> impl Iterator<Item = (&'static dyn Voice, &'static dyn Voice)> {
    VOICES
        .into_iter()
        .flat_map(|caller| VOICES.into_iter().map(move |provider| (caller, provider)))
}

pub(crate) fn fail_on(faults: &[String]) {
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn what_providers_of_openai_are_sent_follows_its_description() {
    let mut description = Description::read();
    let mut all = Vec::new();
    for (caller, provider) in pairs() {
        let Some([asked, ..]) = schemas(provider.dialect()) else {
            continue;
        };
        for wish in Wish::ALL {
            if let Sent::Body { body, .. } = requests::sent(caller, provider, *wish) {
                let faults = description.faults(asked, &body);
                let from = caller.dialect();
                all.extend(
                    faults
                        .iter()
                        .map(|fault| format!("{from}, {wish:?}: {fault}\n    {body}")),
                );
            }
        }
    }
    fail_on(&all);
}

#[test]
fn what_callers_of_openai_read_follows_its_description() {
    let mut description = Description::read();
    let mut all = Vec::new();
    let translated = pairs().filter(|(caller, provider)| caller.dialect() != provider.dialect());
    for (caller, provider) in translated {
        let Some([_, whole, event]) = schemas(caller.dialect()) else {
            continue;
        };
        for told in Told::ALL {
            let (Some(answer), Some(streamed)) = (provider.answers(*told), provider.streams(*told))
            else {
                continue;
            };
            let mut said = vec![(whole.to_owned(), answers::whole(provider, caller, &answer))];
            let passed = answers::passed(provider, caller, &streamed);
            said.extend(events(&passed).map(|told| match event {
                "" => (description.event(&told), told),
                name => (name.to_owned(), ended(caller.dialect(), told)),
            }));
            for (name, value) in said {
                let from = provider.dialect();
                let faults = description.faults(&name, &value);
                all.extend(
                    faults
                        .iter()
                        .map(|fault| format!("{from}, {told:?}: {fault}\n    {value}")),
                );
            }
        }
    }
    fail_on(&all);
}

/// A piece of a stream of completions, made the last one: only whole answers are described, in which
/// nothing is left to come.
fn ended(dialect: Dialect, mut piece: Value) -> Value {
    if dialect == Dialect::OpenaiCompletions {
        if let Some(reason) = piece
            .pointer_mut("/choices/0/finish_reason")
            .filter(|it| it.is_null())
        {
            *reason = "stop".into();
        }
        let members = piece.as_object_mut().unwrap();
        members.retain(|_, value| !value.is_null());
    }
    piece
}

#[test]
fn what_refused_callers_of_openai_read_follows_its_description() {
    let mut description = Description::read();
    let mut faults = Vec::new();
    for reason in Reason::ALL {
        let refusal = Refusal::new(reason, "It is refused.").at("model");
        let view = View {
            refusal: &refusal,
            call: CallId(1),
            reveal: true,
            explain: None,
        };
        let whole = serde_json::from_slice(&refusal::body(Dialect::OpenaiChat, &view)).unwrap();
        faults.extend(description.faults("ErrorResponse", &whole));
        let mut said = refusal::stream_error(Dialect::OpenaiChat, &view);
        faults.extend(events(&said).flat_map(|event| description.faults("ErrorResponse", &event)));
        said = refusal::stream_error(Dialect::OpenaiResponses, &view);
        said.extend(broken_off(&view));
        for event in events(&said) {
            let name = description.event(&event);
            faults.extend(description.faults(&name, &event));
        }
    }
    fail_on(&faults);
}

/// A stream of the responses that breaks off after its first words.
fn broken_off(view: &View<'_>) -> Vec<u8> {
    let echo = answers::echo(&OpenaiResponses);
    let mut encoder = inbound(Dialect::OpenaiResponses).stream_encoder(&answers::reply(&echo));
    let mut out = Vec::new();
    for event in [
        Event::Start {
            id: None,
            model: None,
        },
        Event::Open(0, Opening::Text),
        Event::Delta(0, Delta::Text("Hoi".into())),
    ] {
        encoder.event(&event, None, &mut out);
    }
    out.extend(encoder.broken(view).expect("an end that tells of the rest"));
    out
}
