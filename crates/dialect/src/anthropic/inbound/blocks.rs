//! Blocks of content.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tollgate_model::Refusal;

use crate::anthropic::call_ids;
use crate::ir::{Block, Content, Media, Raw};
use crate::left::Left;
use crate::node::{Members, Node};

/// Where a member of a block stands, as it is told to callers.
const PLACE: &str = "messages.content";

/// Reads content: a text, or blocks. A text becomes one block, an empty one none.
pub(super) fn decode(node: &Node<'_>, left: &mut Left) -> Result<Vec<Block>, Refusal> {
    if node.is_string() {
        let text = node.string()?;
        let block = (!text.is_empty()).then(|| Content::Text(text).into());
        return Ok(block.into_iter().collect());
    }
    if !node.text().starts_with('[') {
        return Err(node.wrong("a string or an array of blocks"));
    }
    let mut blocks = Vec::new();
    for element in node.elements()? {
        block(&element, &mut blocks, left)?;
    }
    Ok(blocks)
}

/// Reads one block; a few become several, and those none that only its provider understands.
fn block(node: &Node<'_>, out: &mut Vec<Block>, left: &mut Left) -> Result<(), Refusal> {
    let mut members = node.members()?;
    let kind = members.need("type")?;
    let cache = members.take("cache_control").map(|cache| cache.raw());
    let content = match kind.string()?.as_str() {
        "text" => Content::Text(members.need("text")?.string()?),
        "image" => Content::Image(source(&members.need("source")?)?),
        "document" => {
            document(&mut members, cache, out, left)?;
            left.add_rest(PLACE, members);
            return Ok(());
        }
        "search_result" => Content::Text(search_result(&mut members, left)?),
        "tool_use" => tool_use(&mut members)?,
        "tool_result" => tool_result(&mut members, left)?,
        "thinking" => Content::Thinking {
            text: members.need("thinking")?.string()?,
            signature: members
                .read("signature", Node::string)?
                .filter(|text| !text.is_empty()),
        },
        "redacted_thinking" => Content::RedactedThinking(members.need("data")?.string()?),
        // What the provider's own tools did: the words that came of it follow.
        other if other.ends_with("_tool_use") || other.ends_with("_tool_result") => {
            left.add(&format!("{PLACE}.{other}"), node);
            return Ok(());
        }
        other => {
            let detail = format!("Blocks of the type `{other}` are not known here.");
            return Err(kind.unsupported(detail));
        }
    };
    left.add_rest(PLACE, members);
    out.push(Block { content, cache });
    Ok(())
}

/// A medium: in the request, or at an address.
fn source(node: &Node<'_>) -> Result<Media, Refusal> {
    let mut members = node.members()?;
    let kind = members.need("type")?;
    match kind.string()?.as_str() {
        "base64" => Ok(Media::Inline {
            mime: members.need("media_type")?.string()?,
            base64: members.need("data")?.string()?,
        }),
        "text" => Ok(Media::Inline {
            mime: "text/plain".to_owned(),
            base64: STANDARD.encode(members.need("data")?.string()?),
        }),
        "url" => Ok(Media::Url(members.need("url")?.string()?)),
        "file" => {
            let detail = "A file that lies at a provider cannot be read from here; send its bytes.";
            Err(kind.unsupported(detail))
        }
        other => {
            let detail = format!("Sources of the type `{other}` are not known here.");
            Err(kind.unsupported(detail))
        }
    }
}

/// A document, and before it what the caller says about it. One that is made of blocks becomes
/// these.
fn document(
    members: &mut Members<'_>,
    cache: Option<Raw>,
    out: &mut Vec<Block>,
    left: &mut Left,
) -> Result<(), Refusal> {
    let title = members.read("title", Node::string)?;
    if let Some(context) = members.read("context", Node::string)? {
        out.push(Content::Text(context).into());
    }
    let node = members.need("source")?;
    let content = content_of(&node)?;
    let Some(content) = content else {
        let media = source(&node)?;
        let content = Content::Document { media, title };
        out.push(Block { content, cache });
        return Ok(());
    };
    if let Some(title) = title {
        out.push(Content::Text(title).into());
    }
    let mut blocks = decode(&content, left)?;
    if let (Some(cache), Some(last)) = (cache, blocks.last_mut()) {
        last.cache.get_or_insert(cache);
    }
    out.append(&mut blocks);
    Ok(())
}

/// The content of a source that is made of blocks.
fn content_of<'a>(source: &Node<'a>) -> Result<Option<Node<'a>>, Refusal> {
    let mut members = source.members()?;
    match members.need("type")?.string()?.as_str() {
        "content" => members.need("content").map(Some),
        _ => Ok(None),
    }
}

/// What a search of the caller's own found, in words.
fn search_result(members: &mut Members<'_>, left: &mut Left) -> Result<String, Refusal> {
    let mut lines = vec![
        members.need("title")?.string()?,
        members.need("source")?.string()?,
    ];
    for block in decode(&members.need("content")?, left)? {
        if let Content::Text(text) = block.content {
            lines.push(text);
        }
    }
    Ok(lines.join("\n"))
}

fn tool_use(members: &mut Members<'_>) -> Result<Content, Refusal> {
    let (id, signature) = call_ids::read(&members.need("id")?.string()?);
    let input = members.need("input")?;
    if !input.is_object() {
        return Err(input.wrong("an object"));
    }
    // Who called is of interest only to who runs tools for the model.
    members.take("caller");
    Ok(Content::ToolUse {
        id,
        name: members.need("name")?.string()?,
        input: input.raw(),
        signature,
    })
}

fn tool_result(members: &mut Members<'_>, left: &mut Left) -> Result<Content, Refusal> {
    let (id, _) = call_ids::read(&members.need("tool_use_id")?.string()?);
    let content = members.read("content", |node| decode(node, left))?;
    Ok(Content::ToolResult {
        id,
        content: content.unwrap_or_default(),
        failed: members.read("is_error", Node::flag)?.unwrap_or(false),
    })
}
