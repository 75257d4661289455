//! The content of a message or of a tool's result: a text, or parts.

use tollgate_model::Refusal;

use crate::ir::{Block, Content, Media};
use crate::node::Node;

/// Reads content. A text becomes one block, even where it is empty.
pub(super) fn decode(node: &Node<'_>) -> Result<Vec<Block>, Refusal> {
    if node.is_string() {
        return Ok(vec![Content::Text(node.string()?).into()]);
    }
    if !node.text().starts_with('[') {
        return Err(node.wrong("a text or an array of parts"));
    }
    node.elements()?.iter().map(part).collect()
}

fn part(node: &Node<'_>) -> Result<Block, Refusal> {
    let mut members = node.members()?;
    let kind = members.need("type")?;
    let content = match kind.string()?.as_str() {
        "input_text" | "output_text" | "text" | "summary_text" | "reasoning_text" => {
            Content::Text(members.need("text")?.string()?)
        }
        "refusal" => Content::Refusal(members.need("refusal")?.string()?),
        "input_image" => {
            if let Some(id) = members.take("file_id") {
                return Err(stored(&id));
            }
            Content::Image(media(&members.need("image_url")?)?)
        }
        "input_file" => {
            if let Some(id) = members.take("file_id") {
                return Err(stored(&id));
            }
            let title = members.read("filename", Node::string)?;
            let media = match (members.take("file_data"), members.take("file_url")) {
                (Some(data), _) => file_data(&data)?,
                (None, Some(url)) => Media::Url(url.string()?),
                (None, None) => return Err(node.wrong("an object with `file_data` or `file_url`")),
            };
            Content::Document { media, title }
        }
        "input_audio" => {
            let mut audio = members.need("input_audio")?.members()?;
            let mime = match audio.need("format")?.string()?.as_str() {
                "mp3" => "audio/mpeg".to_owned(),
                other => format!("audio/{other}"),
            };
            let base64 = audio.need("data")?.string()?;
            Content::Audio(Media::Inline { mime, base64 })
        }
        other => {
            let detail = format!("Parts of the type `{other}` are not known here.");
            return Err(kind.unsupported(detail));
        }
    };
    Ok(content.into())
}

fn stored(id: &Node<'_>) -> Refusal {
    let detail = "A file that lies at a provider cannot be read from here; send its bytes.";
    id.unsupported(detail)
}

/// An address, or a data URL (RFC 2397) in base64.
fn media(node: &Node<'_>) -> Result<Media, Refusal> {
    let url = node.string()?;
    let is_data = url
        .get(..5)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"));
    if !is_data {
        return Ok(Media::Url(url));
    }
    let split = url.get(5..).and_then(|rest| rest.split_once(','));
    let read = split.and_then(|(kind, data)| {
        let (kind, encoding) = kind.rsplit_once(';')?;
        let mime = kind.split(';').next().unwrap_or_default();
        (encoding.eq_ignore_ascii_case("base64") && !data.is_empty()).then(|| Media::Inline {
            mime: mime.to_owned(),
            base64: data.to_owned(),
        })
    });
    read.ok_or_else(|| node.wrong("an address, or a data URL such as `data:image/png;base64,…`"))
}

/// A data URL, or the base64 of a PDF alone.
fn file_data(node: &Node<'_>) -> Result<Media, Refusal> {
    match media(node)? {
        Media::Url(url) if url.starts_with("http") => Ok(Media::Url(url)),
        Media::Url(base64) => Ok(Media::Inline {
            mime: "application/pdf".to_owned(),
            base64,
        }),
        inline => Ok(inline),
    }
}
