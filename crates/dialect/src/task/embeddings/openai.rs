//! OpenAI's form, `POST /v1/embeddings`. Jina's and Voyage's differ in the names of a few members,
//! and a caller may send the members of theirs that say what the vectors are for.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tollgate_model::task::TaskForm;
use tollgate_model::{Refusal, Usage, UsageClass};

use super::vector::{Encoding, Vector, Written};
use super::wanted::{Purpose, Vectors, Wanted, left, prompt_tokens};
use crate::ladder::{malformed, unsupported};
use crate::node::Node;
use crate::scan;
use crate::task::asked::{Door, Most, Request, To, length, tokens_of};
use crate::task::head::{Estimate, Given, Head};
use crate::task::places::{Member, Places};

/// Reads the head.
pub(super) fn head(request: &Request<'_>) -> Result<Head, Refusal> {
    let body = request.body;
    let names = ["model", "input", "dimensions", "encoding_format"];
    let object = scan::scan(body, names)?;
    let [_, input, _, encoding] = object.values;
    let [_, _, dimensions, encoding_key] = object.keys;
    let mut named = Places::named(request, &object)?;
    named.1.note(dimensions, Member::Dimensions);
    named.1.note(encoding_key, Member::Encoding);
    named
        .1
        .note_plain_encoding(encoding.filter(|span| span.of(body) == b"\"float\""));
    let input = input.map(|span| span.of(body)).unwrap_or_default();
    if matches!(input, b"" | b"null" | b"[]" | b"\"\"") {
        return Err(malformed(
            "input",
            "There is no `input` to make a vector of.",
        ));
    }
    // Numbers are tokens already.
    let tokens = match memchr::memchr(b'"', input) {
        Some(_) => tokens_of(input.len()),
        None => length(memchr::memchr_iter(b',', input).count()) + 1,
    };
    Ok(Head {
        door: Door {
            single: input.starts_with(b"\""),
            ..request.door
        },
        most: Most {
            prompt_tokens: length(input.len()),
            ..Most::default()
        },
        estimate: Estimate {
            fixed: Usage::NONE.with(UsageClass::Input, tokens),
            ..Estimate::default()
        },
        ..Head::new(request, named)
    })
}

/// Reads a request.
pub(super) fn read(body: &[u8]) -> Result<Wanted<'_>, Refusal> {
    let mut members = Node::root(body)?.members()?;
    members.take("model");
    let input = members.need("input")?;
    let texts = match input.is_string() {
        true => vec![input],
        false => input.elements()?,
    };
    let mut wanted = Wanted::default();
    for text in &texts {
        if !text.is_string() {
            return Err(unsupported(
                text.path(),
                "The provider of this model takes texts; tokens and other inputs cannot be \
                 translated for it.",
            ));
        }
        wanted.inputs.push(text.string()?.into());
    }
    wanted.dimensions = members.read("dimensions", Node::count)?;
    if let Some(encoding) = members.take("encoding_format") {
        wanted.encoding = match encoding.string()?.as_str() {
            "float" => Encoding::Numbers,
            "base64" => Encoding::Base64,
            _ => return Err(encoding.wrong("\"float\" or \"base64\"")),
        };
    }
    for name in ["input_type", "task"] {
        let Some(word) = members.take(name) else {
            continue;
        };
        match Purpose::of(&word.string()?) {
            Some(purpose) => wanted.purpose = Some((purpose, name)),
            None => wanted.unknown.push(name.to_owned()),
        }
    }
    wanted.unknown.extend(left(members));
    Ok(wanted)
}

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    input: &'a [Cow<'a, str>],
    #[serde(skip_serializing_if = "Option::is_none")]
    dimensions: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_dimension: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding_format: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    input_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    task: Option<&'static str>,
}

/// Writes a request.
pub(super) fn write(wanted: &Wanted<'_>, to: &To<'_>, word: Option<&'static str>) -> Vec<u8> {
    let is = |form| to.form == form;
    let body = Body {
        model: to.model,
        input: &wanted.inputs,
        dimensions: wanted.dimensions.filter(|_| !is(TaskForm::Voyage)),
        output_dimension: wanted.dimensions.filter(|_| is(TaskForm::Voyage)),
        encoding_format: is(TaskForm::Openai).then_some("float"),
        input_type: word.filter(|_| is(TaskForm::Voyage)),
        task: word.filter(|_| is(TaskForm::Jina)),
    };
    // Writing to memory fails for no value of these types.
    serde_json::to_vec(&body).unwrap_or_default()
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    data: Vec<Entry<'a>>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(default)]
    index: Option<u64>,
    #[serde(borrow)]
    embedding: &'a RawValue,
}

/// Reads an answer.
pub(super) fn vectors(answer: &[u8]) -> Result<Vectors<'_>, String> {
    let Answer { mut data } = serde_json::from_slice(answer)
        .map_err(|error| format!("the answer has no vectors: {error}"))?;
    if data.iter().all(|entry| entry.index.is_some()) {
        data.sort_by_key(|entry| entry.index);
    }
    let list = data.iter().map(|entry| Vector::read(entry.embedding));
    Ok(Vectors {
        list: list.collect::<Result<_, _>>()?,
    })
}

#[derive(Serialize)]
struct Told<'a> {
    object: &'static str,
    data: Vec<ToldEntry<'a>>,
    model: &'a str,
    usage: Count,
}

#[derive(Serialize)]
struct ToldEntry<'a> {
    object: &'static str,
    index: usize,
    embedding: Written<'a>,
}

#[derive(Serialize)]
struct Count {
    prompt_tokens: u64,
    total_tokens: u64,
}

/// Writes an answer.
pub(super) fn answer(
    wanted: &Wanted<'_>,
    vectors: &Vectors<'_>,
    given: &Given<'_>,
) -> Result<Vec<u8>, String> {
    let mut data = Vec::with_capacity(vectors.list.len());
    for (index, vector) in vectors.list.iter().enumerate() {
        data.push(ToldEntry {
            object: "embedding",
            index,
            embedding: vector.written(wanted.encoding)?,
        });
    }
    let tokens = prompt_tokens(given);
    let told = Told {
        object: "list",
        data,
        model: given.reply.model,
        usage: Count {
            prompt_tokens: tokens,
            total_tokens: tokens,
        },
    };
    serde_json::to_vec(&told).map_err(|error| error.to_string())
}
