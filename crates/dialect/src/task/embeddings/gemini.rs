//! Gemini's form: `:embedContent` for one content, `:batchEmbedContents` for several. Members may be
//! written in snake or camel case, as everywhere in Gemini's dialect.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tollgate_model::{Refusal, Usage, UsageClass};

use super::vector::{Encoding, Vector, Written};
use super::wanted::{Purpose, Vectors, Wanted, left, prompt_tokens};
use crate::ladder::malformed;
use crate::node::{Members, Node};
use crate::scan::{self, Span};
use crate::task::asked::{Most, Request, length, tokens_of};
use crate::task::head::{Estimate, Given, Head};
use crate::task::places::Places;

/// Members that hold media, which may have more tokens than bytes.
const MEDIA: [&[u8]; 4] = [
    b"\"inlineData\"",
    b"\"inline_data\"",
    b"\"fileData\"",
    b"\"file_data\"",
];

/// Reads the head.
pub(super) fn head(request: &Request<'_>) -> Result<Head, Refusal> {
    let body = request.body;
    let [model, content, requests] = scan::scan(body, ["model", "content", "requests"])?.values;
    let mut repeated: Vec<Span> = model.into_iter().collect();
    if request.door.single {
        content
            .ok_or_else(|| malformed("content", "There is no `content` to make a vector of."))?;
    } else {
        let missing = || malformed("requests", "`requests` must be an array of requests.");
        let list = requests.ok_or_else(missing)?;
        let elements: Vec<&RawValue> =
            serde_json::from_slice(list.of(body)).map_err(|_| missing())?;
        if elements.is_empty() {
            return Err(malformed(
                "requests",
                "`requests` is empty; send at least one.",
            ));
        }
        let mut at = list.start;
        for element in elements {
            // Elements lie in the list in their order, so that each is found behind the one before.
            let text = element.get().as_bytes();
            let rest = body.get(at..list.end).unwrap_or_default();
            let start = at + memchr::memmem::find(rest, text).ok_or_else(missing)?;
            let [inner] = scan::scan(text, ["model"])?.values;
            repeated.extend(inner.map(|span| span.shifted(start)));
            at = start + text.len();
        }
    }
    let media: usize = MEDIA
        .iter()
        .map(|name| memchr::memmem::find_iter(body, *name).count())
        .sum();
    Ok(Head {
        most: Most {
            prompt_tokens: length(body.len()),
            remote_parts: u32::try_from(media).unwrap_or(u32::MAX),
            ..Most::default()
        },
        estimate: Estimate {
            fixed: Usage::NONE.with(UsageClass::Input, tokens_of(body.len())),
            ..Estimate::default()
        },
        ..Head::new(request, Places::in_address(request.model, repeated)?)
    })
}

/// Reads a request.
pub(super) fn read(body: &[u8], single: bool) -> Result<Wanted<'_>, Refusal> {
    let mut wanted = Wanted::default();
    let mut root = Node::root(body)?.members()?;
    if single {
        read_one(root, &mut wanted)?;
        return Ok(wanted);
    }
    for request in root.need("requests")?.elements()? {
        let before = (wanted.inputs.len(), wanted.dimensions, wanted.purpose);
        let node = request.clone();
        read_one(request.members()?, &mut wanted)?;
        if before.0 > 0 && (before.1, before.2) != (wanted.dimensions, wanted.purpose) {
            return Err(node.unsupported(
                "The provider of this model makes the vectors of a request all of one kind: \
                 `taskType` and `outputDimensionality` must be the same in each.",
            ));
        }
    }
    wanted.unknown.extend(left(root));
    Ok(wanted)
}

fn read_one<'a>(mut members: Members<'a>, wanted: &mut Wanted<'a>) -> Result<(), Refusal> {
    members.take("model");
    let mut content = members.need("content")?.members()?;
    let mut text = String::new();
    for part in content.need("parts")?.elements()? {
        let mut fields = part.members()?;
        let Some(piece) = fields.take("text") else {
            return Err(part.unsupported("The provider of this model takes texts only."));
        };
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&piece.string()?);
    }
    wanted.inputs.push(Cow::Owned(text));
    wanted.purpose = None;
    if let Some(word) = either(&mut members, "taskType", "task_type") {
        match Purpose::of(&word.string()?) {
            Some(purpose) => wanted.purpose = Some((purpose, "taskType")),
            None => wanted.unknown.push("taskType".to_owned()),
        }
    }
    let dimensions = either(
        &mut members,
        "outputDimensionality",
        "output_dimensionality",
    );
    wanted.dimensions = dimensions.map(|node| node.count()).transpose()?;
    wanted.unknown.extend(left(members));
    Ok(())
}

fn either<'a>(members: &mut Members<'a>, camel: &str, snake: &str) -> Option<Node<'a>> {
    let other = members.take(snake);
    members.take(camel).or(other)
}

#[derive(Serialize)]
struct Batch<'a> {
    requests: Vec<One<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct One<'a> {
    model: &'a str,
    content: Content<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    task_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_dimensionality: Option<u64>,
}

#[derive(Serialize)]
struct Content<'a> {
    parts: [Part<'a>; 1],
}

#[derive(Serialize)]
struct Part<'a> {
    text: &'a str,
}

/// Writes a request.
pub(super) fn write(
    wanted: &Wanted<'_>,
    (model, single): (&str, bool),
    word: Option<&'static str>,
) -> Vec<u8> {
    let model = format!("models/{model}");
    let one = |text| One {
        model: &model,
        content: Content {
            parts: [Part { text }],
        },
        task_type: word,
        output_dimensionality: wanted.dimensions,
    };
    let requests: Vec<One<'_>> = wanted.inputs.iter().map(|text| one(text)).collect();
    // Writing to memory fails for no value of these types.
    match requests.first().filter(|_| single) {
        Some(request) => serde_json::to_vec(request),
        None => serde_json::to_vec(&Batch { requests }),
    }
    .unwrap_or_default()
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow, default)]
    embedding: Option<Values<'a>>,
    #[serde(borrow, default)]
    embeddings: Vec<Values<'a>>,
}

#[derive(Deserialize)]
struct Values<'a> {
    #[serde(borrow)]
    values: &'a RawValue,
}

/// Reads an answer.
pub(super) fn vectors(answer: &[u8]) -> Result<Vectors<'_>, String> {
    let answer: Answer<'_> = serde_json::from_slice(answer)
        .map_err(|error| format!("the answer has no vectors: {error}"))?;
    let all = answer.embedding.iter().chain(&answer.embeddings);
    let list = all.map(|one| Vector::read(one.values));
    Ok(Vectors {
        list: list.collect::<Result<_, _>>()?,
    })
}

#[derive(Serialize)]
struct ToldOne<'a> {
    embedding: ToldValues<'a>,
    #[serde(rename = "usageMetadata", skip_serializing_if = "Option::is_none")]
    usage: Option<Count>,
}

#[derive(Serialize)]
struct ToldAll<'a> {
    embeddings: Vec<ToldValues<'a>>,
    #[serde(rename = "usageMetadata", skip_serializing_if = "Option::is_none")]
    usage: Option<Count>,
}

#[derive(Serialize)]
struct ToldValues<'a> {
    values: Written<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Count {
    prompt_token_count: u64,
    total_token_count: u64,
}

/// Writes an answer.
pub(super) fn answer(
    vectors: &Vectors<'_>,
    single: bool,
    given: &Given<'_>,
) -> Result<Vec<u8>, String> {
    let count = given.usage.map(|_| Count {
        prompt_token_count: prompt_tokens(given),
        total_token_count: prompt_tokens(given),
    });
    let written = match (single, vectors.list.as_slice()) {
        (true, [vector]) => {
            let values = vector.written(Encoding::Numbers)?;
            serde_json::to_vec(&ToldOne {
                embedding: ToldValues { values },
                usage: count,
            })
        }
        (_, list) => {
            let mut embeddings = Vec::with_capacity(list.len());
            for vector in list {
                let values = vector.written(Encoding::Numbers)?;
                embeddings.push(ToldValues { values });
            }
            serde_json::to_vec(&ToldAll {
                embeddings,
                usage: count,
            })
        }
    };
    written.map_err(|error| error.to_string())
}
