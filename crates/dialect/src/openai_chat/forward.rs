//! The few edits of a request that goes to a provider of its own dialect. Everything else stays as
//! the caller wrote it, byte for byte.

use tollgate_model::Refusal;
use tollgate_model::catalogue::Quirks;

use super::head::ChatHead;
use super::{tier, wire};
use crate::splice::Splice;

const OLD_LIMIT: &str = "max_tokens";
const NEW_LIMIT: &str = "max_completion_tokens";

/// What must change on the way: the model's name, the wish for a usage in a stream, and, where
/// `set_max_tokens` says so, the limit of the answer. Fails with `parameter_unsupported` where the
/// provider would do what has no known price.
pub fn edits(
    head: &ChatHead,
    upstream_model: &str,
    quirks: Quirks,
    set_max_tokens: Option<u64>,
) -> Result<Splice, Refusal> {
    if head.special_tier {
        return Err(tier::unpriced());
    }
    let mut splice = Splice::default();
    if head.model != upstream_model {
        splice.replace(head.places.model, wire::quoted(upstream_model));
    }
    if head.stream && !head.include_usage && !quirks.no_stream_options {
        ask_for_usage(head, &mut splice);
    }
    if let Some(limit) = set_max_tokens {
        set_limit(head, limit, quirks, &mut splice);
    }
    Ok(splice)
}

fn ask_for_usage(head: &ChatHead, splice: &mut Splice) {
    let places = &head.places;
    match (
        places.include_usage,
        places.stream_option,
        places.stream_options,
    ) {
        (Some(flag), ..) => splice.replace(flag, "true"),
        (None, Some(place), _) => splice.insert(place.at, place.member("include_usage", "true")),
        (None, None, Some(null)) => splice.replace(null, r#"{"include_usage":true}"#),
        (None, None, None) => {
            let member = places
                .member
                .member("stream_options", r#"{"include_usage":true}"#);
            splice.insert(places.member.at, member);
        }
    }
}

/// Sets the limit under the name that the provider reads, and leaves no other one standing.
fn set_limit(head: &ChatHead, limit: u64, quirks: Quirks, splice: &mut Splice) {
    let (old, new) = (head.places.max_tokens, head.places.max_completion_tokens);
    let (name, read, other) = if quirks.max_completion_tokens {
        (NEW_LIMIT, new, old)
    } else {
        (OLD_LIMIT, old, new)
    };
    let text = limit.to_string();
    match (read, other) {
        (None, None) => {
            let place = head.places.member;
            splice.insert(place.at, place.member(name, &text));
        }
        (None, Some((key, value))) => {
            splice.replace(key, format!("\"{name}\""));
            splice.replace(value, text);
        }
        (Some((_, value)), other) => {
            if let Some((_, other)) = other {
                splice.replace(other, "null");
            }
            splice.replace(value, text);
        }
    }
}
