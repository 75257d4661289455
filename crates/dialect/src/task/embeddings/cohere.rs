//! Cohere's form, `POST /v2/embed`.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tollgate_model::{CallId, Refusal, Usage, UsageClass};

use super::vector::{Encoding, Vector, Written};
use super::wanted::{Purpose, Vectors, Wanted, left, prompt_tokens};
use crate::ladder::malformed;
use crate::node::Node;
use crate::scan;
use crate::task::asked::{Most, Request, length, tokens_of};
use crate::task::head::{Estimate, Given, Head};
use crate::task::places::Places;

/// What vectors are for where the caller does not say: the newer models want a word.
const USUAL: &str = "search_document";

/// Reads the head.
pub(super) fn head(request: &Request<'_>) -> Result<Head, Refusal> {
    let body = request.body;
    let object = scan::scan(body, ["model", "texts", "images", "inputs"])?;
    let named = Places::named(request, &object)?;
    let [_, texts, images, inputs] = object.values;
    let given = [texts, images, inputs];
    let given = given.map(|span| span.map(|span| span.of(body)).unwrap_or_default());
    if given
        .iter()
        .all(|text| matches!(*text, b"" | b"null" | b"[]"))
    {
        let detail = "There are neither `texts` nor `images` nor `inputs` to make a vector of.";
        return Err(malformed("texts", detail));
    }
    // A picture is a long string with its media type at the beginning.
    let pictures = memchr::memmem::find_iter(body, b"data:image/").count()
        + memchr::memmem::find_iter(body, b"\"image_url\"").count();
    Ok(Head {
        most: Most {
            prompt_tokens: length(body.len()),
            remote_parts: u32::try_from(pictures).unwrap_or(u32::MAX),
            ..Most::default()
        },
        estimate: Estimate {
            fixed: Usage::NONE.with(UsageClass::Input, tokens_of(body.len())),
            ..Estimate::default()
        },
        ..Head::new(request, named)
    })
}

/// Reads a request.
pub(super) fn read(body: &[u8]) -> Result<Wanted<'_>, Refusal> {
    let mut members = Node::root(body)?.members()?;
    members.take("model");
    for name in ["images", "inputs"] {
        if let Some(node) = members.take(name) {
            return Err(
                node.unsupported("The provider of this model takes texts only, in `texts`.")
            );
        }
    }
    let mut wanted = Wanted::default();
    for text in members.need("texts")?.elements()? {
        wanted.inputs.push(Cow::Owned(text.string()?));
    }
    wanted.dimensions = members.read("output_dimension", Node::count)?;
    if let Some(word) = members.take("input_type") {
        match Purpose::of(&word.string()?) {
            Some(purpose) => wanted.purpose = Some((purpose, "input_type")),
            None => wanted.unknown.push("input_type".to_owned()),
        }
    }
    if let Some(types) = members.take("embedding_types") {
        let mut words = Vec::new();
        for word in types.elements()? {
            words.push(word.string()?);
        }
        wanted.encoding = match words
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .as_slice()
        {
            [] | ["float"] => Encoding::Numbers,
            ["base64"] => Encoding::Base64,
            _ => {
                let detail = "The provider of this model gives one type of vectors, `float` or \
                              `base64`.";
                return Err(types.unsupported(detail));
            }
        };
    }
    wanted.unknown.extend(left(members));
    Ok(wanted)
}

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    texts: &'a [Cow<'a, str>],
    input_type: &'static str,
    embedding_types: [&'static str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    output_dimension: Option<u64>,
}

/// Writes a request.
pub(super) fn write(wanted: &Wanted<'_>, model: &str, word: Option<&'static str>) -> Vec<u8> {
    let body = Body {
        model,
        texts: &wanted.inputs,
        input_type: word.unwrap_or(USUAL),
        embedding_types: ["float"],
        output_dimension: wanted.dimensions,
    };
    // Writing to memory fails for no value of these types.
    serde_json::to_vec(&body).unwrap_or_default()
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    embeddings: Types<'a>,
}

#[derive(Deserialize)]
struct Types<'a> {
    #[serde(borrow)]
    float: Vec<&'a RawValue>,
}

/// Reads an answer.
pub(super) fn vectors(answer: &[u8]) -> Result<Vectors<'_>, String> {
    let Answer { embeddings } = serde_json::from_slice(answer)
        .map_err(|error| format!("the answer has no vectors: {error}"))?;
    let list = embeddings.float.into_iter().map(Vector::read);
    Ok(Vectors {
        list: list.collect::<Result<_, _>>()?,
    })
}

#[derive(Serialize)]
struct Told<'a> {
    id: CallId,
    embeddings: ToldTypes<'a>,
    texts: &'a [Cow<'a, str>],
    meta: Meta,
    response_type: &'static str,
}

#[derive(Serialize)]
struct ToldTypes<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    float: Option<&'a [Written<'a>]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    base64: Option<&'a [Written<'a>]>,
}

#[derive(Serialize)]
struct Meta {
    api_version: Version,
    billed_units: Billed,
}

#[derive(Serialize)]
struct Version {
    version: &'static str,
}

#[derive(Serialize)]
struct Billed {
    input_tokens: u64,
}

/// Writes an answer.
pub(super) fn answer(
    wanted: &Wanted<'_>,
    vectors: &Vectors<'_>,
    given: &Given<'_>,
) -> Result<Vec<u8>, String> {
    let list = vectors
        .list
        .iter()
        .map(|vector| vector.written(wanted.encoding));
    let list: Vec<Written<'_>> = list.collect::<Result<_, _>>()?;
    let as_numbers = wanted.encoding == Encoding::Numbers;
    let told = Told {
        id: given.reply.call,
        embeddings: ToldTypes {
            float: as_numbers.then_some(&list),
            base64: (!as_numbers).then_some(&list),
        },
        texts: &wanted.inputs,
        meta: Meta {
            api_version: Version { version: "2" },
            billed_units: Billed {
                input_tokens: prompt_tokens(given),
            },
        },
        response_type: "embeddings_by_type",
    };
    serde_json::to_vec(&told).map_err(|error| error.to_string())
}
