//! Pictures: OpenAI's `POST /v1/images/generations`, `/edits` and `/variations`.

use tollgate_model::task::{Task, TaskForm};
use tollgate_model::{Refusal, Usage, UsageClass};

use super::asked::{Most, Request, To, length};
use super::head::{Estimate, Given, Head, Work};
use super::multipart::{Form, is_form};
use super::places::Places;
use super::{pictures, told};
use crate::ladder::malformed;
use crate::loss::Loss;
use crate::scan;

/// The most pictures that one request may ask for.
const PICTURES: u64 = 128;
/// Tokens of one picture of an answer, at the most: a square of 2048 at the best quality, with all of
/// its previews.
const PICTURE_MOST: u64 = 16_384;
/// Tokens of one picture of a request, at the most: it is scaled down before it is read.
const SOURCE_MOST: u64 = 16_384;
/// Tokens of a picture where nobody tells: a square of 1024 at medium quality.
const PICTURE: u64 = 1_056;
/// What an answer is taken to consume for each picture, where it does not tell.
const EACH: [(UsageClass, u64); 2] = [(UsageClass::OutputImage, PICTURE), (UsageClass::Images, 1)];

/// The tasks.
pub(super) struct Images;

/// What is asked for.
struct Asked {
    stream: bool,
    pictures: u64,
    /// Bytes of the prompt and the other members.
    text: u64,
    sources: u64,
}

impl Work for Images {
    fn head(&self, request: &Request<'_>) -> Result<Head, Refusal> {
        let as_form = match request.door.task {
            Task::ImageVariations => true,
            Task::ImageEdits => is_form(request.content_type),
            _ => false,
        };
        let (named, asked) = if as_form {
            in_form(request)?
        } else {
            in_json(request)?
        };
        Ok(Head {
            stream: asked.stream,
            most: Most {
                prompt_tokens: asked
                    .text
                    .saturating_add(asked.sources.saturating_mul(SOURCE_MOST)),
                output_tokens: asked.pictures.saturating_mul(PICTURE_MOST),
                apart: Usage::NONE.with(UsageClass::Images, asked.pictures),
                ..Most::default()
            },
            estimate: Estimate {
                fixed: Usage::NONE.with(UsageClass::Input, asked.text.div_ceil(4)),
                each: &EACH,
                units: asked.pictures,
            },
            ..Head::new(request, named)
        })
    }

    fn translate(
        &self,
        request: &Request<'_>,
        to: &To<'_>,
        loss: &mut Loss,
    ) -> Result<Vec<u8>, Refusal> {
        pictures::write(request, to, loss)
    }

    fn answer(&self, _: &Request<'_>, given: &Given<'_>) -> Result<Vec<u8>, String> {
        pictures::answer(given)
    }

    fn look(&self, form: TaskForm, answer: &[u8]) -> Result<Option<Usage>, String> {
        if form == TaskForm::Gemini {
            return pictures::look(answer);
        }
        let told = told::look(answer, &["data", "data"])?;
        let usage = told.images();
        Ok(Some(usage.with(UsageClass::Images, told.elements())))
    }
}

fn in_json(request: &Request<'_>) -> Result<((String, Places), Asked), Refusal> {
    let body = request.body;
    let names = ["model", "n", "stream", "prompt", "images", "image", "mask"];
    let object = scan::scan(body, names)?;
    let named = Places::named(request, &object)?;
    let [_, n, stream, prompt, images, image, mask] = object.values;
    prompt.ok_or_else(|| malformed("prompt", "There is no `prompt` to make a picture of."))?;
    let text = |span: Option<scan::Span>| span.map_or("", |span| text_of(span.of(body)));
    // Some providers take pictures beside the prompt: each is an object or a text.
    let sources = [images, image, mask].map(|span| span.map_or(0, |span| pictures(span.of(body))));
    let media: usize = [images, image, mask]
        .into_iter()
        .flatten()
        .map(|span| span.end - span.start)
        .sum();
    let asked = Asked {
        stream: flag(text(stream))?,
        pictures: number(text(n))?,
        text: length(body.len().saturating_sub(media)),
        sources: sources.into_iter().sum(),
    };
    Ok((named, asked))
}

fn in_form(request: &Request<'_>) -> Result<((String, Places), Asked), Refusal> {
    let form = Form::read(request.content_type, request.body)?;
    let named = Places::in_form(request, &form)?;
    let sources = form.files().count();
    if sources == 0 {
        return Err(malformed("image", "The form has no file `image`."));
    }
    let asked = Asked {
        stream: flag(form.text("stream")?.unwrap_or_default())?,
        pictures: number(form.text("n")?.unwrap_or_default())?,
        text: length(form.text_bytes()),
        sources: length(sources),
    };
    Ok((named, asked))
}

fn text_of(json: &[u8]) -> &str {
    std::str::from_utf8(json).unwrap_or_default()
}

/// How many pictures a member holds at the most.
fn pictures(json: &[u8]) -> u64 {
    let all: Result<Vec<serde::de::IgnoredAny>, _> = serde_json::from_slice(json);
    all.map_or(1, |all| length(all.len()))
}

fn flag(text: &str) -> Result<bool, Refusal> {
    match text {
        "" | "null" | "false" | "False" => Ok(false),
        "true" | "True" => Ok(true),
        _ => Err(malformed("stream", "`stream` must be true or false.")),
    }
}

fn number(text: &str) -> Result<u64, Refusal> {
    if matches!(text, "" | "null") {
        return Ok(1);
    }
    let number = text.parse().ok().filter(|n| (1..=PICTURES).contains(n));
    number.ok_or_else(|| {
        let detail = format!("`n` must be a whole number from 1 to {PICTURES}.");
        malformed("n", detail)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(body: &str) -> Asked {
        let request = Request {
            door: super::super::asked::Door {
                task: Task::Images,
                form: TaskForm::Openai,
                single: false,
            },
            model: None,
            content_type: "application/json",
            body: body.as_bytes(),
        };
        in_json(&request).unwrap().1
    }

    #[test]
    fn what_is_asked_for_bounds_what_it_can_cost() {
        let one = asked(r#"{"model":"m","prompt":"a lamp"}"#);
        assert_eq!((one.pictures, one.sources, one.stream), (1, 0, false));
        let four = asked(
            r#"{"model":"m","prompt":"a","n":4,"stream":true,
                "images":[{"image_url":"data:image/png;base64,AAAA"},{"file_id":"f"}]}"#,
        );
        assert_eq!((four.pictures, four.sources, four.stream), (4, 2, true));
        assert!(four.text < 80, "{}", four.text);
    }
}
