//! Short ways to write what the tests need, and to show what came out.

use tollgate_dialect::codec::{Loss, Outbound, Seen, Target};
use tollgate_dialect::ir::{
    Block, Content, Delta, Event, Media, Opening, Raw, Request, Role, Tool, Turn,
};
use tollgate_model::catalogue::Quirks;
use tollgate_model::{Refusal, Usage};

/// The usage that a look at a whole answer finds; the error is that of the answer, or of one that is
/// none.
pub(crate) fn used(codec: &dyn Outbound, answer: &str) -> Result<Option<Usage>, String> {
    match codec.look(answer.as_bytes())? {
        Seen::Answer(usage) => Ok(usage),
        Seen::Error(error) => Err(error.message),
    }
}

pub(crate) fn raw(text: &str) -> Raw {
    serde_json::from_str(text).expect("JSON")
}

pub(crate) fn text(text: &str) -> Content {
    Content::Text(text.to_owned())
}

pub(crate) fn inline(mime: &str, base64: &str) -> Media {
    Media::Inline {
        mime: mime.to_owned(),
        base64: base64.to_owned(),
    }
}

pub(crate) fn call(id: &str, name: &str, input: &str) -> Content {
    Content::ToolUse {
        id: id.into(),
        name: name.into(),
        input: raw(input),
        signature: None,
    }
}

pub(crate) fn result(id: &str, content: Vec<Content>) -> Content {
    let content = content.into_iter().map(Block::from).collect();
    Content::ToolResult {
        id: id.into(),
        content,
        failed: false,
    }
}

pub(crate) fn failure(id: &str, words: &str) -> Content {
    Content::ToolResult {
        id: id.into(),
        content: vec![text(words).into()],
        failed: true,
    }
}

pub(crate) fn tool(name: &str, parameters: Option<&str>) -> Tool {
    Tool {
        name: name.to_owned(),
        description: None,
        parameters: parameters.map(raw),
        strict: None,
        cache: None,
    }
}

fn turn(role: Role, contents: Vec<Content>) -> Turn {
    Turn {
        place: String::new(),
        role,
        blocks: contents.into_iter().map(Block::from).collect(),
    }
}

pub(crate) fn system(words: &str) -> Turn {
    turn(Role::System, vec![text(words)])
}

pub(crate) fn user(contents: Vec<Content>) -> Turn {
    turn(Role::User, contents)
}

pub(crate) fn assistant(contents: Vec<Content>) -> Turn {
    turn(Role::Assistant, contents)
}

pub(crate) fn request(turns: Vec<Turn>) -> Request {
    Request {
        model: "m".into(),
        turns,
        answers: 1,
        ..Request::default()
    }
}

/// A request that says "Hi".
pub(crate) fn hi() -> Request {
    request(vec![user(vec![text("Hi")])])
}

pub(crate) type Encoded = Result<(serde_json::Value, Vec<String>), Refusal>;

/// The body and what was lost.
pub(crate) fn encode(codec: &dyn Outbound, request: &Request, model: &str) -> Encoded {
    let (body, lost) = encode_raw(codec, request, model)?;
    Ok((serde_json::from_str(&body).expect("a body of JSON"), lost))
}

/// The body as it is written, and what was lost.
pub(crate) fn encode_raw(
    codec: &dyn Outbound,
    request: &Request,
    model: &str,
) -> Result<(String, Vec<String>), Refusal> {
    let target = Target {
        model,
        quirks: Quirks::default(),
        max_output: None,
        tier: None,
    };
    let mut loss = Loss::default();
    let encoded = codec.encode_request(request, &target, &mut loss)?;
    let body = String::from_utf8(encoded.body).expect("UTF-8");
    Ok((body, loss.into_members()))
}

/// JSON as it is written, with line breaks where it is wide.
pub(crate) fn lines(json: &str) -> String {
    let mut out = String::new();
    lay(json, 0, &mut out);
    out
}

fn lay(json: &str, indent: usize, out: &mut String) {
    let items = items(json);
    if json.len() + indent <= 88 || items.is_empty() {
        out.push_str(json);
        return;
    }
    out.push_str(&json[..1]);
    for (at, item) in items.iter().enumerate() {
        out.push_str(if at == 0 { "\n" } else { ",\n" });
        out.push_str(&"  ".repeat(indent / 2 + 1));
        let value = item.find("\":").map_or(0, |colon| colon + 2);
        let value = if item.starts_with('"') { value } else { 0 };
        out.push_str(&item[..value]);
        lay(&item[value..], indent + 2, out);
    }
    out.push_str(&format!(
        "\n{}{}",
        "  ".repeat(indent / 2),
        &json[json.len() - 1..]
    ));
}

/// The elements of an array or members of an object.
fn items(json: &str) -> Vec<&str> {
    if !json.starts_with(['{', '[']) || json.len() <= 2 {
        return Vec::new();
    }
    let (mut level, mut quoted, mut escaped, mut from) = (0, false, false, 1);
    let mut items = Vec::new();
    for (at, byte) in json.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' | b'[' => level += 1,
            b'}' | b']' => level -= 1,
            b',' if level == 1 => {
                items.push(&json[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    items.push(&json[from..json.len() - 1]);
    items
}

/// Content, a line for each block.
pub(crate) fn show_blocks(blocks: &[Block]) -> String {
    let lines: Vec<String> = blocks
        .iter()
        .map(|block| show_content(&block.content))
        .collect();
    lines.join("\n")
}

fn show_content(content: &Content) -> String {
    match content {
        Content::Text(text) => format!("text {text:?}"),
        Content::Thinking { text, signature } => format!("thinking {text:?} signed {signature:?}"),
        Content::RedactedThinking(data) => format!("redacted {data:?}"),
        Content::ToolUse {
            id,
            name,
            input,
            signature,
        } => {
            format!("call {id} {name} {input} signed {signature:?}")
        }
        other => format!("{other:?}"),
    }
}

/// Events, a line for each.
pub(crate) fn show_events(events: &[Event]) -> String {
    let lines: Vec<String> = events.iter().map(show_event).collect();
    lines.join("\n")
}

fn show_event(event: &Event) -> String {
    match event {
        Event::Start { id, model } => format!("start {id:?} {model:?}"),
        Event::Open(
            index,
            Opening::ToolUse {
                id,
                name,
                signature,
            },
        ) => {
            format!("{index} call {id} {name} signed {signature:?}")
        }
        Event::Open(index, opening) => format!("{index} open {opening:?}"),
        Event::Delta(index, Delta::Text(text)) => format!("{index} text {text:?}"),
        Event::Delta(index, Delta::Arguments(text)) => format!("{index} arguments {text}"),
        Event::Delta(index, Delta::Signature(text)) => format!("{index} signature {text}"),
        Event::Close(index) => format!("{index} close"),
        Event::Usage(usage) => {
            format!("usage {}", serde_json::to_string(usage).expect("a usage"))
        }
        Event::Cite(cited) => format!("{} cites {:?} {:?}", cited.block, cited.span, cited.url),
        Event::StopText(text) => format!("met {text:?}"),
        Event::Stop(stop) => format!("stop {stop:?}"),
        Event::End => "end".to_owned(),
        Event::Fail(error) => {
            format!("fail {:?} {:?} {}", error.kind, error.code, error.message)
        }
    }
}
