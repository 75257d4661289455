//! Blocks of content: objects whose one member says what they are.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::value::RawValue;
use tollgate_model::Refusal;

use crate::anthropic::call_ids;
use crate::bedrock::media;
use crate::ir::{Block, Content, Media, Raw};
use crate::left::Left;
use crate::node::{Members, Node};

/// Where a member of a block stands, as it is told to callers.
const PLACE: &str = "messages.content";
/// What cannot be read from here.
const FAR: &str = "What lies in a bucket of S3 cannot be read from here; send its bytes.";

/// Reads content. A mark for the cache belongs to the block before it.
pub(super) fn decode(node: &Node<'_>, left: &mut Left) -> Result<Vec<Block>, Refusal> {
    let mut blocks: Vec<Block> = Vec::new();
    for element in node.elements()? {
        let mut members = element.members()?;
        if let Some(mark) = members.take("cachePoint") {
            let mark = cache_mark(&mark, left)?;
            match blocks.last_mut() {
                Some(last) => last.cache = Some(mark),
                None => left.add("cachePoint", &element),
            }
        } else {
            blocks.extend(content(&element, &mut members, left)?.map(Block::from));
        }
        left.add_rest(PLACE, members);
    }
    Ok(blocks)
}

/// A mark for the cache, as Anthropic writes it.
pub(super) fn cache_mark(node: &Node<'_>, left: &mut Left) -> Result<Raw, Refusal> {
    let mut members = node.members()?;
    members.take("type");
    let ttl = members.read("ttl", Node::string)?;
    left.add_rest("cachePoint", members);
    let text = match ttl.as_deref() {
        Some("1h") => r#"{"type":"ephemeral","ttl":"1h"}"#,
        _ => r#"{"type":"ephemeral"}"#,
    };
    RawValue::from_string(text.to_owned()).map_err(|_| node.wrong("a mark for the cache"))
}

/// Reads one block; `None` where it says nothing.
fn content(
    node: &Node<'_>,
    members: &mut Members<'_>,
    left: &mut Left,
) -> Result<Option<Content>, Refusal> {
    if let Some(text) = members.read("text", Node::string)? {
        return Ok((!text.is_empty()).then_some(Content::Text(text)));
    }
    if let Some(image) = members.take("image") {
        return image_of(&image, left).map(Some);
    }
    if let Some(document) = members.take("document") {
        return document_of(&document, left).map(Some);
    }
    if let Some(audio) = members.take("audio") {
        return audio_of(&audio, left).map(Some);
    }
    if let Some(call) = members.take("toolUse") {
        return tool_use(&call, left).map(Some);
    }
    if let Some(result) = members.take("toolResult") {
        return tool_result(&result, left).map(Some);
    }
    if let Some(thought) = members.take("reasoningContent") {
        return thinking(&thought, left).map(Some);
    }
    if let Some(cited) = members.take("citationsContent") {
        return cited_words(&cited, left).map(Some);
    }
    if let Some(found) = members.take("searchResult") {
        return search_result(&found, left).map(Some);
    }
    if let Some(guarded) = members.take("guardContent") {
        let detail = "Guardrails are Bedrock's own and cannot be carried to another provider.";
        return Err(guarded.unsupported(detail));
    }
    if let Some(video) = members.take("video") {
        return Err(video.unsupported("Videos cannot be carried to another provider."));
    }
    let detail = format!("`{}` is no block that is known here.", node.path());
    Err(node.unsupported(detail))
}

/// The base64 of a source, which must be in the request.
fn bytes(members: &mut Members<'_>) -> Result<String, Refusal> {
    let node = members.need("source")?;
    let mut source = node.members()?;
    if let Some(far) = source.take("s3Location") {
        return Err(far.unsupported(FAR));
    }
    source.need("bytes")?.string()
}

fn image_of(node: &Node<'_>, left: &mut Left) -> Result<Content, Refusal> {
    let mut members = node.members()?;
    let format = members.need("format")?;
    let Some(mime) = media::image_type(&format.string()?) else {
        return Err(format.wrong("one of png, jpeg, gif, webp"));
    };
    let base64 = bytes(&mut members)?;
    left.add_rest(PLACE, members);
    let mime = mime.to_owned();
    Ok(Content::Image(Media::Inline { mime, base64 }))
}

fn audio_of(node: &Node<'_>, left: &mut Left) -> Result<Content, Refusal> {
    let mut members = node.members()?;
    let format = members.need("format")?;
    let Some(mime) = media::audio_type(&format.string()?) else {
        let detail = "Recordings in this format cannot be carried to another provider.";
        return Err(format.unsupported(detail));
    };
    let base64 = bytes(&mut members)?;
    left.add_rest(PLACE, members);
    let mime = mime.to_owned();
    Ok(Content::Audio(Media::Inline { mime, base64 }))
}

fn document_of(node: &Node<'_>, left: &mut Left) -> Result<Content, Refusal> {
    let mut members = node.members()?;
    let title = members.need("name")?.string()?;
    let format = members.take("format");
    let source = members.need("source")?;
    let mut inside = source.members()?;
    let media = if let Some(far) = inside.take("s3Location") {
        return Err(far.unsupported(FAR));
    } else if let Some(text) = inside.read("text", Node::string)? {
        written(&text)
    } else if let Some(content) = inside.take("content") {
        let mut texts = Vec::new();
        for piece in content.elements()? {
            texts.push(piece.members()?.need("text")?.string()?);
        }
        written(&texts.join("\n"))
    } else {
        let base64 = inside.need("bytes")?.string()?;
        let word = format.as_ref().map(Node::string).transpose()?;
        let mime = media::document_type(word.as_deref().unwrap_or("txt"));
        let Some(mime) = mime else {
            let wrong = format.as_ref().unwrap_or(&source);
            return Err(wrong.wrong("one of pdf, csv, doc, docx, xls, xlsx, html, txt, md"));
        };
        let mime = mime.to_owned();
        Media::Inline { mime, base64 }
    };
    left.add_rest(PLACE, members);
    let title = Some(title);
    Ok(Content::Document { media, title })
}

fn written(text: &str) -> Media {
    Media::Inline {
        mime: "text/plain".to_owned(),
        base64: STANDARD.encode(text),
    }
}

fn tool_use(node: &Node<'_>, left: &mut Left) -> Result<Content, Refusal> {
    let mut members = node.members()?;
    let (id, signature) = call_ids::read(&members.need("toolUseId")?.string()?);
    let input = members.need("input")?;
    if !input.is_object() {
        return Err(input.wrong("an object"));
    }
    let name = members.need("name")?.string()?;
    left.add_rest("messages.content.toolUse", members);
    Ok(Content::ToolUse {
        id,
        name,
        input: input.raw(),
        signature,
    })
}

fn tool_result(node: &Node<'_>, left: &mut Left) -> Result<Content, Refusal> {
    let mut members = node.members()?;
    let (id, _) = call_ids::read(&members.need("toolUseId")?.string()?);
    let mut blocks: Vec<Block> = Vec::new();
    for element in members.need("content")?.elements()? {
        let mut inside = element.members()?;
        let read = match inside.take("json") {
            Some(json) => Some(Content::Text(json.text().to_owned())),
            None => content(&element, &mut inside, left)?,
        };
        blocks.extend(read.map(Block::from));
        left.add_rest("messages.content.toolResult", inside);
    }
    let status = members.read("status", Node::string)?;
    left.add_rest("messages.content.toolResult", members);
    Ok(Content::ToolResult {
        id,
        content: blocks,
        failed: status.as_deref() == Some("error"),
    })
}

fn thinking(node: &Node<'_>, left: &mut Left) -> Result<Content, Refusal> {
    let mut members = node.members()?;
    if let Some(data) = members.read("redactedContent", Node::string)? {
        return Ok(Content::RedactedThinking(data));
    }
    let mut thought = members.need("reasoningText")?.members()?;
    let text = thought.need("text")?.string()?;
    let signature = thought.read("signature", Node::string)?;
    left.add_rest("messages.content.reasoningContent", thought);
    Ok(Content::Thinking {
        text,
        signature: signature.filter(|text| !text.is_empty()),
    })
}

/// The words of an answer that says where they come from.
fn cited_words(node: &Node<'_>, left: &mut Left) -> Result<Content, Refusal> {
    let mut members = node.members()?;
    let mut words = String::new();
    if let Some(content) = members.take("content") {
        for piece in content.elements()? {
            words.push_str(&piece.members()?.need("text")?.string()?);
        }
    }
    left.add_rest("messages.content.citationsContent", members);
    Ok(Content::Text(words))
}

/// What a search of the caller's own found, in words.
fn search_result(node: &Node<'_>, left: &mut Left) -> Result<Content, Refusal> {
    let mut members = node.members()?;
    let mut lines = vec![
        members.need("title")?.string()?,
        members.need("source")?.string()?,
    ];
    for piece in members.need("content")?.elements()? {
        lines.push(piece.members()?.need("text")?.string()?);
    }
    left.add_rest("messages.content.searchResult", members);
    Ok(Content::Text(lines.join("\n")))
}
