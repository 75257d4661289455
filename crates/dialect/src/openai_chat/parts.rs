//! The content of a message: a text, or parts.

use serde_json::value::RawValue;
use tollgate_model::Refusal;

use crate::ir::{Block, Content, Media, Raw};
use crate::node::{Members, Node};

/// Reads content. A text becomes one block, even where it is empty.
pub(super) fn decode(node: &Node<'_>) -> Result<Vec<Block>, Refusal> {
    if node.is_string() {
        return Ok(vec![Content::Text(node.string()?).into()]);
    }
    if !node.text().starts_with('[') {
        return Err(node.wrong("a string or an array of parts"));
    }
    node.elements()?.iter().map(part).collect()
}

fn part(node: &Node<'_>) -> Result<Block, Refusal> {
    let mut members = node.members()?;
    let kind = members.need("type")?;
    let content = match kind.string()?.as_str() {
        "text" | "input_text" | "output_text" => Content::Text(members.need("text")?.string()?),
        "image_url" => Content::Image(address(&members.need("image_url")?)?),
        "input_audio" => Content::Audio(audio(&members.need("input_audio")?)?),
        "file" => document(&members.need("file")?)?,
        "refusal" => Content::Refusal(members.need("refusal")?.string()?),
        "thinking" => thinking(&mut members)?,
        other => {
            let detail = format!("Parts of the type `{other}` are not known here.");
            return Err(kind.unsupported(detail));
        }
    };
    let cache = members.take("cache_control").map(|cache| cache.raw());
    Ok(Block { content, cache })
}

/// Where a picture is: `{"url": …}`, or, as some clients write it, the address alone.
pub(crate) fn address(node: &Node<'_>) -> Result<Media, Refusal> {
    let url = match node.is_string() {
        true => node.clone(),
        false => node.members()?.need("url")?,
    };
    media(&url)
}

/// An address, or a data URL (RFC 2397) in base64.
fn media(node: &Node<'_>) -> Result<Media, Refusal> {
    let url = node.string()?;
    if !url
        .get(..5)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"))
    {
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

fn audio(node: &Node<'_>) -> Result<Media, Refusal> {
    let mut members = node.members()?;
    let mime = match members.need("format")?.string()?.as_str() {
        "mp3" => "audio/mpeg".to_owned(),
        other => format!("audio/{other}"),
    };
    Ok(Media::Inline {
        mime,
        base64: members.need("data")?.string()?,
    })
}

fn document(node: &Node<'_>) -> Result<Content, Refusal> {
    let mut members = node.members()?;
    if let Some(id) = members.take("file_id") {
        let detail = "A file that lies at a provider cannot be read from here; send its bytes in \
                      `file_data`.";
        return Err(id.unsupported(detail));
    }
    let title = members.read("filename", Node::string)?;
    let media = match (members.take("file_data"), members.take("file_url")) {
        (Some(data), _) => file_data(&data)?,
        (None, Some(url)) => Media::Url(url.string()?),
        (None, None) => return Err(node.wrong("an object with `file_data`")),
    };
    Ok(Content::Document { media, title })
}

/// A data URL, or, as some clients write it, the base64 of a PDF alone.
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

/// Thoughts as a part: a text, or an array of text parts (Mistral).
fn thinking(members: &mut Members<'_>) -> Result<Content, Refusal> {
    let blocks = decode(&members.need("thinking")?)?;
    let text = blocks.into_iter().filter_map(|block| match block.content {
        Content::Text(text) => Some(text),
        _ => None,
    });
    let text = text.collect();
    Ok(Content::Thinking {
        text,
        signature: members.read("signature", Node::string)?,
    })
}

/// `{}`.
pub(crate) fn raw_object() -> Raw {
    RawValue::from_string("{}".to_owned()).unwrap_or_else(|_| RawValue::NULL.to_owned())
}
