//! The few edits of a request that goes to a provider of its own dialect. Everything else stays as
//! the caller wrote it, byte for byte.

use tollgate_model::Refusal;
use tollgate_model::catalogue::Quirks;

use super::head::Places;
use super::wire;
use crate::codec::{Forward, Head, Target};
use crate::splice::Splice;

const OLD_LIMIT: &str = "max_tokens";
const NEW_LIMIT: &str = "max_completion_tokens";

impl Forward for Places {
    fn edits(
        &self,
        head: &Head,
        target: &Target<'_>,
        limit: Option<u64>,
    ) -> Result<Splice, Refusal> {
        let mut splice = Splice::default();
        if head.model != target.model {
            splice.replace(self.model, wire::quoted(target.model));
        }
        if head.stream && !head.stream_usage && !target.quirks.no_stream_options {
            ask_for_usage(self, &mut splice);
        }
        if let Some(limit) = limit {
            set_limit(self, limit, target.quirks, &mut splice);
        }
        Ok(splice)
    }
}

fn ask_for_usage(places: &Places, splice: &mut Splice) {
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
fn set_limit(places: &Places, limit: u64, quirks: Quirks, splice: &mut Splice) {
    let (old, new) = (places.max_tokens, places.max_completion_tokens);
    let (name, read, other) = if quirks.max_completion_tokens {
        (NEW_LIMIT, new, old)
    } else {
        (OLD_LIMIT, old, new)
    };
    let text = limit.to_string();
    match (read, other) {
        (None, None) => {
            let place = places.member;
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
