//! Whether a text or a picture is harmful: OpenAI's `POST /v1/moderations`.

use tollgate_model::task::TaskForm;
use tollgate_model::{Refusal, Usage, UsageClass};

use super::asked::{Most, Request, length, tokens_of};
use super::head::{Estimate, Head, Work};
use super::places::Places;
use super::told;
use crate::ladder::malformed;
use crate::scan;

/// The model where the caller names none, as OpenAI documents it.
const USUAL: &str = "omni-moderation-latest";

/// The task.
pub(super) struct Moderations;

impl Work for Moderations {
    fn head(&self, request: &Request<'_>) -> Result<Head, Refusal> {
        let body = request.body;
        let object = scan::scan(body, ["model", "input"])?;
        let [_, input] = object.values;
        let named = Places::named_or(request, &object, USUAL)?;
        let input = input.map(|span| span.of(body)).unwrap_or_default();
        if matches!(input, b"" | b"null" | b"[]") {
            return Err(malformed("input", "There is no `input` to be judged."));
        }
        let pictures = memchr::memmem::find_iter(input, b"\"image_url\"").count();
        Ok(Head {
            most: Most {
                prompt_tokens: length(input.len()),
                remote_parts: u32::try_from(pictures).unwrap_or(u32::MAX),
                ..Most::default()
            },
            estimate: Estimate {
                fixed: Usage::NONE.with(UsageClass::Input, tokens_of(input.len())),
                ..Estimate::default()
            },
            ..Head::new(request, named)
        })
    }

    fn look(&self, _: TaskForm, answer: &[u8]) -> Result<Option<Usage>, String> {
        told::look(answer, &["results", "results"]).map(|told| told.tokens(UsageClass::Input))
    }
}
