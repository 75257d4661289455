//! A caller's request, read into the intermediate form: the prompt is what the user says.

use tollgate_model::Refusal;

use crate::codec::Head;
use crate::ir::{Content, Request, Role, Turn};
use crate::node::{Members, Node};

/// The most tokens of an answer where the caller names no limit: the dialect's own.
const USUAL_LIMIT: u64 = 16;

/// Reads a request. Members that have no place in the intermediate form go to its `rest`.
pub(super) fn decode(body: &[u8], head: &Head) -> Result<Request, Refusal> {
    let mut members = Node::root(body)?.members()?;
    for known in ["model", "stream", "stream_options", "max_tokens"] {
        members.take(known);
    }
    let prompt = prompt(&members.need("prompt")?)?;
    refuse_what_only_this_can(&mut members)?;
    let answers = members.read("n", Node::count)?.unwrap_or(1);
    Ok(Request {
        model: head.model.clone(),
        turns: vec![Turn {
            role: Role::User,
            blocks: vec![Content::Text(prompt).into()],
            place: "prompt".to_owned(),
        }],
        max_tokens: Some(head.max_tokens.unwrap_or(USUAL_LIMIT)),
        temperature: members.read("temperature", Node::number)?,
        top_p: members.read("top_p", Node::number)?,
        top_k: members.read("top_k", Node::count)?,
        stop: members.read("stop", stop)?.unwrap_or_default(),
        seed: members.read("seed", Node::integer)?,
        frequency_penalty: members.read("frequency_penalty", Node::number)?,
        presence_penalty: members.read("presence_penalty", Node::number)?,
        answers: u32::try_from(answers).unwrap_or(u32::MAX),
        hide_thoughts: true,
        user: members.read("user", Node::string)?,
        stream: head.stream,
        stream_usage: head.stream_usage,
        rest: members.rest(),
        ..Request::default()
    })
}

/// The text of the prompt, which may stand alone in an array.
fn prompt(node: &Node<'_>) -> Result<String, Refusal> {
    if node.is_string() {
        return node.string();
    }
    let elements = node.elements()?;
    match elements.as_slice() {
        [only] if only.is_string() => only.string(),
        several if several.iter().all(Node::is_string) => Err(node.unsupported(format!(
            "Only a provider that itself speaks this dialect continues {} prompts at once; send each \
             in a request of its own.",
            several.len()
        ))),
        _ => Err(node.unsupported(
            "Tokens have a meaning only to the model that made them; towards this provider send the \
             prompt as text.",
        )),
    }
}

/// What would change the result, and no other dialect has.
fn refuse_what_only_this_can(members: &mut Members<'_>) -> Result<(), Refusal> {
    let off: [(&str, &[&str]); 4] = [
        ("suffix", &["\"\""]),
        ("echo", &["false"]),
        ("best_of", &["1"]),
        ("logprobs", &["false"]),
    ];
    for (name, harmless) in off {
        let Some(node) = members.take(name) else {
            continue;
        };
        if !harmless.contains(&node.text()) {
            let detail = format!(
                "Only a provider that itself speaks this dialect knows `{name}`; leave it out."
            );
            return Err(node.unsupported(detail));
        }
    }
    Ok(())
}

fn stop(node: &Node<'_>) -> Result<Vec<String>, Refusal> {
    if node.is_string() {
        return Ok(vec![node.string()?]);
    }
    node.elements()?.iter().map(Node::string).collect()
}
