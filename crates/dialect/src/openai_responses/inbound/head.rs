//! What must be known of a request before it is served, read without decoding its input.

use memchr::memmem;
use tollgate_model::Refusal;

use super::forward::{Places, without_seals};
use crate::codec::{Head, Thread};
use crate::ladder::{malformed, unsupported};
use crate::openai_chat::head::remote_parts;
use crate::probe::{self, MAX_TOKENS_LIMIT, escaped_letters, flag, number, wrong_type};
use crate::scan::{self, Span};
use crate::tier;

/// The most searches of the web that a request which may set some off is taken to make.
const SEARCHES: u32 = 10;
/// The longest id of an answer, in bytes.
const ID_LIMIT: usize = 256;

/// Reads the head of a request. `rebuilt` says that the input holds the whole conversation already,
/// so that the answer it goes on from need not be known to the provider. Fails with
/// `request_malformed`, naming the member at fault; the whole body is checked to be JSON.
pub(crate) fn read(body: &[u8], rebuilt: bool) -> Result<Head, Refusal> {
    const KEYS: [&str; 11] = [
        "model",
        "stream",
        "max_output_tokens",
        "input",
        "tools",
        "previous_response_id",
        "store",
        "prompt",
        "background",
        "conversation",
        tier::NAME,
    ];
    let object = scan::scan(body, KEYS)?;
    let [
        model,
        stream,
        limit,
        input,
        tools,
        previous,
        store,
        prompt,
        background,
        conversation,
        service_tier,
    ] = object.values;
    let given = |span: Option<Span>| given(body, span);
    refuse_elsewhere(flag(body, background, "background")?, given(conversation))?;
    let (name, model) = probe::model(body, model)?;
    let previous_id = id(given(previous))?;
    let said = given(input);
    check_input(said, given(prompt).is_some() || previous_id.is_some())?;
    let toolbox = given(tools).unwrap_or_default();
    let remote = remote_parts(said.unwrap_or_default())
        .saturating_add(u32::from(given(prompt).is_some()))
        .saturating_add(types_with(toolbox, b"mcp"));
    Ok(Head {
        model: name,
        stream: flag(body, stream, "stream")?.unwrap_or(false),
        stream_usage: true,
        max_tokens: number(body, limit, "max_output_tokens", MAX_TOKENS_LIMIT)?,
        answers: 1,
        remote_parts: remote,
        searches: if types_with(toolbox, b"search") > 0 {
            SEARCHES
        } else {
            0
        },
        tier: tier::wish(service_tier.map_or(b"null", |tier| tier.of(body))),
        forward: Box::new(Places {
            thread: Thread {
                previous: previous_id,
                keep: flag(body, store, "store")?.unwrap_or(true),
                refers: memmem::find(said.unwrap_or_default(), b"\"item_reference\"").is_some(),
            },
            unpriced: unpriced(toolbox),
            model,
            member: object.place,
            limit,
            stale: previous.filter(|_| rebuilt),
            unsealed: without_seals(body, input),
        }),
    })
}

/// The value of a member, where it is there and not null.
fn given(body: &[u8], span: Option<Span>) -> Option<&[u8]> {
    span.map(|span| span.of(body))
        .filter(|text| *text != b"null")
}

/// Refuses what lies at a provider and what is made there behind the gateway's back.
fn refuse_elsewhere(background: Option<bool>, conversation: Option<&[u8]>) -> Result<(), Refusal> {
    if background == Some(true) {
        let detail = "An answer in the background cannot be charged for, since what it consumes is \
                      not told to the gateway. Leave `background` out, or stream the answer.";
        return Err(unsupported("background", detail));
    }
    if conversation.is_some() {
        let detail = "Conversations lie at one provider and belong to all who use its key; send \
                      `previous_response_id` or the whole input instead.";
        return Err(unsupported("conversation", detail));
    }
    Ok(())
}

/// The input must be there, unless something stands in its place.
fn check_input(said: Option<&[u8]>, is_elsewhere: bool) -> Result<(), Refusal> {
    match said.map(|text| text.first()) {
        None if is_elsewhere => Ok(()),
        None => {
            let detail = "The body has no `input`, which every request for an answer needs.";
            Err(malformed("input", detail))
        }
        Some(Some(b'"' | b'[')) => Ok(()),
        Some(_) => Err(wrong_type("input", "a text or an array of items")),
    }
}

fn id(text: Option<&[u8]>) -> Result<Option<String>, Refusal> {
    const NAME: &str = "previous_response_id";
    let Some(text) = text else {
        return Ok(None);
    };
    let id: String =
        serde_json::from_slice(text).map_err(|_| wrong_type(NAME, "the id of an answer"))?;
    if id.is_empty() || id.len() > ID_LIMIT {
        return Err(wrong_type(NAME, "the id of an answer"));
    }
    Ok(Some(id))
}

/// How many tools have a type with this word in it; spelt with escapes, any may.
fn types_with(tools: &[u8], word: &[u8]) -> u32 {
    let found = types(tools).filter(|kind| memmem::find(kind, word).is_some());
    u32::try_from(found.count() + escaped_letters(tools)).unwrap_or(u32::MAX)
}

/// A tool that its provider runs at a price of its own, which is not known here.
fn unpriced(tools: &[u8]) -> Option<&'static str> {
    const UNPRICED: [&str; 3] = ["code_interpreter", "file_search", "image_generation"];
    if escaped_letters(tools) > 0 {
        return Some("one that is spelt with escapes");
    }
    let mut kinds = types(tools);
    kinds.find_map(|kind| UNPRICED.into_iter().find(|known| known.as_bytes() == kind))
}

/// The values of all members `type`. Inside a text the quotes of the name would be escaped.
fn types(tools: &[u8]) -> impl Iterator<Item = &[u8]> {
    const NAME: &[u8] = b"\"type\"";
    memmem::find_iter(tools, NAME).filter_map(|at| {
        let after = tools.get(at + NAME.len()..)?.trim_ascii_start();
        let value = after.strip_prefix(b":")?.trim_ascii_start();
        let text = value.strip_prefix(b"\"")?;
        text.get(..memchr::memchr(b'"', text)?)
    })
}
