//! A caller's request, read into the intermediate form.

use tollgate_model::Refusal;

use super::fields::{Fields, Rest};
use super::{config, contents, tools};
use crate::codec::Head;
use crate::ir::Request;
use crate::node::Node;

/// Reads a request. Members that have no place in the intermediate form go to its `rest`.
pub(super) fn decode(body: &[u8], head: &Head) -> Result<Request, Refusal> {
    let root = Node::root(body)?;
    let mut fields = Fields::of(&root)?;
    if let Some(inner) = fields.take("generateContentRequest")? {
        fields = Fields::of(&inner)?;
    }
    // The address names it.
    fields.take("model")?;
    if let Some(prepared) = fields.take("cachedContent")? {
        let detail = "A prepared prompt lies at Google and cannot be read by another provider; send \
                      its content.";
        return Err(prepared.unsupported(detail));
    }
    let mut rest = Rest::new();
    let mut request = Request {
        model: head.model.clone(),
        max_tokens: head.max_tokens,
        answers: head.answers,
        stream: head.stream,
        stream_usage: head.stream_usage,
        hide_thoughts: true,
        ..Request::default()
    };
    if let Some(instructions) = fields.take("systemInstruction")? {
        let turn = contents::instructions(&instructions, &mut rest)?;
        request
            .turns
            .extend((!turn.blocks.is_empty()).then_some(turn));
    }
    let turns = contents::turns(&fields.need("contents")?, &mut rest)?;
    request.turns.extend(turns);
    if let Some(given) = fields.take("tools")? {
        request.tools = tools::tools(&given, &mut rest)?;
    }
    if let Some(choice) = fields.take("toolConfig")? {
        request.tool_choice = tools::choose(&choice, &mut request.tools, &mut rest)?;
    }
    if let Some(config) = fields.take("generationConfig")? {
        config::read(&config, &mut request, &mut rest)?;
    }
    fields.leave(&mut rest);
    request.rest = rest;
    Ok(request)
}
