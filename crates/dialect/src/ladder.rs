//! What becomes of a member that the other dialect lacks: what changes the result is refused, what
//! is a hint is dropped and reported, and what says the default is passed over.

use std::borrow::Cow;

use serde_json::Value;
use tollgate_model::{Reason, Refusal, ServiceTier};

use crate::codec::{Loss, Target};
use crate::ir::{Raw, Request, ToolChoice};
use crate::tier::{self, Wish};

/// What OpenAI calls the wish for a search of the web.
pub(crate) const SEARCH: &str = "web_search_options";
/// What stands between a tool call's id and the thought signature that travels in it, for clients
/// that send back nothing but the id.
const THOUGHT: &str = "__thought__";

/// A refusal of a member that cannot be honoured.
pub(crate) fn unsupported(param: impl Into<String>, detail: impl Into<String>) -> Refusal {
    Refusal::new(Reason::ParameterUnsupported, detail).at(param)
}

/// A refusal of a request that cannot be right in any dialect.
pub(crate) fn malformed(param: impl Into<String>, detail: impl Into<String>) -> Refusal {
    Refusal::new(Reason::RequestMalformed, detail).at(param)
}

/// What a turn says, at its place in the conversation.
pub(crate) fn content_of(at: usize) -> String {
    format!("messages[{at}].content")
}

/// Judges what no codec but its own can write: several answers, a search of the web, and every unknown
/// member besides those that the caller of this `carries`.
pub(crate) fn judge(
    request: &Request,
    provider: &str,
    carries: &[&str],
    loss: &mut Loss,
) -> Result<(), Refusal> {
    if request.answers > 1 {
        let detail = format!("{provider} gives one answer to a request; ask for 1.");
        return Err(unsupported("n", detail));
    }
    if request.search.is_some()
        && request.tools.is_empty()
        && matches!(
            request.tool_choice,
            Some(ToolChoice::Required | ToolChoice::Named(_))
        )
    {
        // The choice is one among the caller's own tools in most dialects.
        loss.dropped("tool_choice");
    }
    if request.search.is_some() && !carries.contains(&SEARCH) {
        let detail = format!("{provider} runs no search of the web.");
        return Err(unsupported(SEARCH, detail));
    }
    for (name, value) in &request.rest {
        match fate(name, value) {
            _ if carries.contains(&name.as_str()) => {}
            Fate::Default => {}
            Fate::Hint => loss.dropped(name),
            Fate::Refused => {
                let detail = format!("{provider} has no equivalent of `{name}`.");
                return Err(unsupported(name.as_str(), detail));
            }
        }
    }
    Ok(())
}

enum Fate {
    /// It says what holds without it.
    Default,
    /// It does not change the result.
    Hint,
    /// It changes the result.
    Refused,
}

fn fate(name: &str, value: &Raw) -> Fate {
    let value: Value = match (name, value.get()) {
        (_, "null") => return Fate::Default,
        (
            "logprobs" | "top_logprobs" | "modalities" | "audio" | "web_search_options"
            | "mcp_servers" | "container" | "inference_geo",
            text,
        ) => serde_json::from_str(text).unwrap_or_default(),
        _ => return Fate::Hint,
    };
    let default = match &value {
        Value::Bool(flag) => !flag,
        Value::Number(number) => number.as_u64() == Some(0),
        Value::Array(forms) => forms.iter().all(|form| form.as_str() == Some("text")),
        Value::String(place) => name == "inference_geo" && place == "global",
        _ => false,
    };
    if default {
        Fate::Default
    } else {
        Fate::Refused
    }
}

/// The tier of service for which a target of another dialect is asked, by a codec that carries it. A
/// tier for which it is not asked is dropped and reported.
pub(crate) fn tier(request: &Request, target: &Target<'_>, loss: &mut Loss) -> Option<ServiceTier> {
    let wish = rest(request, tier::NAME).map(|raw| tier::wish(raw.get().as_bytes()));
    if target.tier.is_none() && wish.is_some_and(|wish| wish != Wish::Usual) {
        loss.dropped(tier::NAME);
    }
    target.tier
}

/// The member that names the tier of service, for a target whose words are OpenAI's. A word of other
/// dialects for what holds anyway is dropped and reported.
pub(crate) fn tier_member<'a>(
    request: &'a Request,
    target: &Target<'_>,
    loss: &mut Loss,
) -> Option<&'a Raw> {
    let raw = rest(request, tier::NAME)?;
    if matches!(raw.get(), "\"standard_only\"" | "\"on_demand\"") {
        loss.dropped(tier::NAME);
        return None;
    }
    let asked = tier(request, target, loss).is_some();
    let usual = || tier::wish(raw.get().as_bytes()) == Wish::Usual;
    Some(raw).filter(|_| asked || usual())
}

/// A tool call's id without the thought signature that may travel in it, and the signature.
pub(crate) fn split_thought(id: &str) -> (&str, Option<&str>) {
    match id.split_once(THOUGHT) {
        Some((id, signature)) => (id, Some(signature).filter(|text| !text.is_empty())),
        None => (id, None),
    }
}

/// A tool call's id with a thought signature in it.
pub(crate) fn with_thought<'a>(id: &'a str, signature: Option<&str>) -> Cow<'a, str> {
    match signature {
        Some(signature) => format!("{id}{THOUGHT}{signature}").into(),
        None => id.into(),
    }
}

/// The unknown member of this name, where it has a value.
pub(crate) fn rest<'a>(request: &'a Request, name: &str) -> Option<&'a Raw> {
    let mut found = request.rest.iter().filter(|(known, _)| known == name);
    found
        .next_back()
        .map(|(_, value)| value)
        .filter(|value| value.get() != "null")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &str, value: &str) -> Request {
        let value = Raw::from(serde_json::value::RawValue::from_string(value.into()).unwrap());
        Request {
            answers: 1,
            rest: vec![(name.into(), value)],
            ..Request::default()
        }
    }

    #[test]
    fn oa_31_hints_are_dropped_and_reported_defaults_pass_and_the_rest_is_refused() {
        let cases = [
            ("stream_options", "{}", "dropped"),
            ("logit_bias", r#"{"50256":-100}"#, "dropped"),
            ("service_tier", r#""flex""#, "dropped"),
            ("store", "true", "dropped"),
            ("metadata", r#"{"a":"b"}"#, "dropped"),
            ("never_heard_of", "1", "dropped"),
            ("store", "null", "passed"),
            ("logprobs", "false", "passed"),
            ("logprobs", "true", "refused"),
            ("top_logprobs", "0", "passed"),
            ("top_logprobs", "5", "refused"),
            ("modalities", r#"["text"]"#, "passed"),
            ("modalities", r#"["text","audio"]"#, "refused"),
            ("audio", r#"{"voice":"alloy"}"#, "refused"),
            ("web_search_options", "{}", "refused"),
            ("mcp_servers", "[]", "passed"),
            ("mcp_servers", r#"[{"url":"u"}]"#, "refused"),
            ("inference_geo", r#""global""#, "passed"),
            ("inference_geo", r#""us""#, "refused"),
        ];
        for (name, value, want) in cases {
            let mut loss = Loss::default();
            let got = match judge(&with(name, value), "Anthropic", &[], &mut loss) {
                Err(refusal) => {
                    assert_eq!(refusal.reason, Reason::ParameterUnsupported);
                    assert_eq!(refusal.param.as_deref(), Some(name));
                    "refused"
                }
                Ok(()) if loss.is_empty() => "passed",
                Ok(()) => {
                    assert_eq!(loss.members(), [name]);
                    "dropped"
                }
            };
            assert_eq!(got, want, "{name}: {value}");
        }
    }

    #[test]
    fn oa_18_several_answers_are_refused() {
        let request = Request {
            answers: 2,
            ..Request::default()
        };
        let refusal = judge(&request, "Gemini", &[], &mut Loss::default()).unwrap_err();
        assert_eq!(refusal.param.as_deref(), Some("n"));
        assert_eq!(refusal.status, 400);
    }

    #[test]
    fn gm_08_the_signature_in_an_id_is_split_off() {
        assert_eq!(
            split_thought("call_1__thought__AbC="),
            ("call_1", Some("AbC="))
        );
        assert_eq!(split_thought("call_1__thought__"), ("call_1", None));
        assert_eq!(split_thought("call_1"), ("call_1", None));
    }
}
