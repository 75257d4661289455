//! The content of a message, and documents.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tollgate_model::Refusal;

use crate::ir::{Block, Content, Media};
use crate::node::Node;
use crate::openai_chat::parts::address;

/// Reads content: a text, or parts. An empty text is none.
pub(super) fn decode(node: &Node<'_>) -> Result<Vec<Block>, Refusal> {
    if node.is_string() {
        let text = node.string()?;
        let block = (!text.is_empty()).then(|| Content::Text(text).into());
        return Ok(block.into_iter().collect());
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
        "text" => Content::Text(members.need("text")?.string()?),
        "image_url" => Content::Image(address(&members.need("image_url")?)?),
        "thinking" => Content::Thinking {
            text: members.need("thinking")?.string()?,
            signature: None,
        },
        "document" => Content::Text(words(&members.need("document")?)?.text),
        other => {
            let detail = format!("Parts of the type `{other}` are not known here.");
            return Err(kind.unsupported(detail));
        }
    };
    Ok(content.into())
}

/// Documents that the answer may cite: for other dialects each a text of the user's.
pub(super) fn documents(node: &Node<'_>) -> Result<Vec<Block>, Refusal> {
    let documents = node.elements()?;
    let blocks = documents.iter().map(|document| {
        let Words { title, text } = words(document)?;
        let media = Media::Inline {
            mime: "text/plain".to_owned(),
            base64: STANDARD.encode(text),
        };
        Ok(Content::Document { media, title }.into())
    });
    blocks.collect()
}

/// What a document says.
struct Words {
    title: Option<String>,
    text: String,
}

/// Reads a document: a text, or an object with `data` and perhaps an `id`, which names one that has
/// no title. What `data` has besides a title is the text, with the names of the members where they
/// are several.
fn words(node: &Node<'_>) -> Result<Words, Refusal> {
    if node.is_string() {
        return Ok(Words {
            title: None,
            text: node.string()?,
        });
    }
    let mut members = node.members()?;
    let id = members.read("id", Node::string)?;
    let data = members.need("data")?;
    if data.is_string() {
        return Ok(Words {
            title: id,
            text: data.string()?,
        });
    }
    let mut data = data.members()?;
    let title = data.take("title").filter(Node::is_string);
    let title = title.map(|title| title.string()).transpose()?;
    let rest = data.rest();
    let said = |value: &str| serde_json::from_str(value).unwrap_or_else(|_| value.to_owned());
    let text = match rest.as_slice() {
        [(_, only)] => said(only.get()),
        several => {
            let lines = several.iter();
            let lines = lines.map(|(name, value)| format!("{name}: {}", said(value.get())));
            lines.collect::<Vec<_>>().join("\n")
        }
    };
    Ok(Words {
        title: title.or(id),
        text,
    })
}
