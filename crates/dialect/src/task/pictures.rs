//! Pictures by Google's models, asked for in OpenAI's form: Gemini's models that make pictures answer
//! `:generateContent` with them, Imagen's `:predict`.

use serde::{Deserialize, Serialize};
use tollgate_model::{Dialect, Refusal, Usage, UsageClass};

use super::asked::{Request, To, length};
use super::head::Given;
use crate::codec::Seen;
use crate::ladder::unsupported;
use crate::loss::Loss;
use crate::node::Node;
use crate::outbound;

/// The most pictures of one request to Imagen.
const PICTURES: u64 = 4;
/// Sizes of OpenAI's, and the shapes that Google's models know.
const SHAPES: [(&str, &str); 8] = [
    ("256x256", "1:1"),
    ("512x512", "1:1"),
    ("1024x1024", "1:1"),
    ("2048x2048", "1:1"),
    ("1536x1024", "3:2"),
    ("1024x1536", "2:3"),
    ("1792x1024", "16:9"),
    ("1024x1792", "9:16"),
];

/// Whether the model of this name is asked as Imagen is.
pub(super) fn is_imagen(model: &str) -> bool {
    let name = model.rsplit('/').next().unwrap_or(model);
    name.starts_with("imagen")
}

/// Writes the request. What a picture is to look like beyond its shape is a hint.
pub(super) fn write(
    request: &Request<'_>,
    to: &To<'_>,
    loss: &mut Loss,
) -> Result<Vec<u8>, Refusal> {
    let mut members = Node::root(request.body)?.members()?;
    members.take("model");
    let prompt = members.need("prompt")?.string()?;
    let wanted = members.read("n", Node::count)?.unwrap_or(1);
    let most = if is_imagen(to.model) { PICTURES } else { 1 };
    if wanted > most {
        let detail = format!("This model makes at most {most} pictures for one request.");
        return Err(unsupported("n", detail));
    }
    if let Some(stream) = members.take("stream").filter(|node| node.text() == "true") {
        return Err(stream.unsupported("Google's models make pictures in one piece."));
    }
    if let Some(format) = members.take("response_format")
        && format.string()? != "b64_json"
    {
        let detail = "Google's models give pictures and no addresses of them: ask for `b64_json`.";
        return Err(format.unsupported(detail));
    }
    for source in ["image", "images", "mask"] {
        if let Some(node) = members.take(source) {
            return Err(
                node.unsupported("The provider of this model makes pictures from texts only.")
            );
        }
    }
    let shape = shape(&mut members, loss)?;
    for (name, value) in members.rest() {
        if value.get() != "null" {
            loss.dropped(&name);
        }
    }
    let body = match is_imagen(to.model) {
        true => serde_json::to_vec(&Predicted {
            instances: [Instance { prompt: &prompt }],
            parameters: Parameters {
                sample_count: wanted,
                aspect_ratio: shape,
            },
        }),
        false => serde_json::to_vec(&Generated {
            contents: [Turn {
                role: "user",
                parts: [Words { text: &prompt }],
            }],
            generation_config: Config {
                response_modalities: ["IMAGE"],
                image_config: shape.map(|aspect_ratio| ImageConfig { aspect_ratio }),
            },
        }),
    };
    // Writing to memory fails for no value of these types.
    Ok(body.unwrap_or_default())
}

/// The shape of a picture of the wanted size. One of another size has none, and is the model's choice.
fn shape(
    members: &mut crate::node::Members<'_>,
    loss: &mut Loss,
) -> Result<Option<&'static str>, Refusal> {
    let size = members.read("size", Node::string)?;
    let Some(size) = size.filter(|size| size != "auto") else {
        return Ok(None);
    };
    let known = SHAPES.iter().find(|(known, _)| *known == size);
    // Of a known size the shape is kept, and the number of points is the model's.
    if known.is_none_or(|(known, _)| *known != "1024x1024") {
        loss.dropped("size");
    }
    Ok(known.map(|(_, shape)| *shape))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Generated<'a> {
    contents: [Turn<'a>; 1],
    generation_config: Config,
}

#[derive(Serialize)]
struct Turn<'a> {
    role: &'static str,
    parts: [Words<'a>; 1],
}

#[derive(Serialize)]
struct Words<'a> {
    text: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Config {
    response_modalities: [&'static str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    image_config: Option<ImageConfig>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ImageConfig {
    aspect_ratio: &'static str,
}

#[derive(Serialize)]
struct Predicted<'a> {
    instances: [Instance<'a>; 1],
    parameters: Parameters,
}

#[derive(Serialize)]
struct Instance<'a> {
    prompt: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Parameters {
    sample_count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    aspect_ratio: Option<&'static str>,
}

/// An answer of either kind.
#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow, default)]
    candidates: Vec<Candidate<'a>>,
    #[serde(borrow, default)]
    predictions: Vec<Prediction<'a>>,
}

#[derive(Deserialize)]
struct Candidate<'a> {
    #[serde(borrow)]
    content: Option<Content<'a>>,
}

#[derive(Deserialize)]
struct Content<'a> {
    #[serde(borrow, default)]
    parts: Vec<Part<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part<'a> {
    #[serde(borrow)]
    inline_data: Option<Blob<'a>>,
    #[serde(default)]
    thought: bool,
}

#[derive(Deserialize)]
struct Blob<'a> {
    data: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Prediction<'a> {
    bytes_base64_encoded: Option<&'a str>,
}

impl<'a> Answer<'a> {
    fn read(answer: &'a [u8]) -> Result<Answer<'a>, String> {
        serde_json::from_slice(answer).map_err(|error| format!("the answer is unreadable: {error}"))
    }

    /// The pictures, in base64. What a model drew while it thought is none.
    fn pictures(&self) -> Vec<&'a str> {
        let contents = self
            .candidates
            .iter()
            .filter_map(|one| one.content.as_ref());
        let parts = contents.flat_map(|content| &content.parts);
        let drawn = parts.filter(|part| !part.thought);
        let drawn = drawn.filter_map(|part| Some(part.inline_data.as_ref()?.data));
        let predicted = self.predictions.iter();
        drawn
            .chain(predicted.filter_map(|one| one.bytes_base64_encoded))
            .collect()
    }
}

/// Looks at an answer: whether there is a picture in it, and what it consumed.
pub(super) fn look(answer: &[u8]) -> Result<Option<Usage>, String> {
    let pictures = Answer::read(answer)?.pictures().len();
    if pictures == 0 {
        return Err("the answer has no picture in it".to_owned());
    }
    let usage = match outbound(Dialect::Gemini).look(answer)? {
        Seen::Answer(usage) => usage.unwrap_or(Usage::NONE),
        Seen::Error(error) => return Err(error.message),
    };
    Ok(Some(usage.with(UsageClass::Images, length(pictures))))
}

#[derive(Serialize)]
struct Told<'a> {
    created: i64,
    data: Vec<Picture<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Counts>,
}

#[derive(Serialize)]
struct Picture<'a> {
    b64_json: &'a str,
}

#[derive(Serialize)]
struct Counts {
    total_tokens: u64,
    input_tokens: u64,
    output_tokens: u64,
    input_tokens_details: Details,
}

#[derive(Serialize)]
struct Details {
    text_tokens: u64,
    image_tokens: u64,
}

/// Writes the answer in OpenAI's form.
pub(super) fn answer(given: &Given<'_>) -> Result<Vec<u8>, String> {
    let answer = Answer::read(given.answer)?;
    let data = answer.pictures().into_iter();
    let usage = given.usage.filter(|usage| usage.output_tokens() > 0);
    let told = Told {
        created: given.reply.at.0.div_euclid(1_000_000),
        data: data.map(|b64_json| Picture { b64_json }).collect(),
        usage: usage.map(|usage| {
            let image_tokens = usage.get(UsageClass::InputImage).unwrap_or(0);
            let (input, output) = (usage.prompt_tokens(), usage.output_tokens());
            Counts {
                total_tokens: input.saturating_add(output),
                input_tokens: input,
                output_tokens: output,
                input_tokens_details: Details {
                    text_tokens: input.saturating_sub(image_tokens),
                    image_tokens,
                },
            }
        }),
    };
    serde_json::to_vec(&told).map_err(|error| error.to_string())
}
