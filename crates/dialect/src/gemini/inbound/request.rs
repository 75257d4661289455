//! A caller's request, read into the intermediate form.

use serde_json::value::to_raw_value;
use tollgate_model::Refusal;

use super::fields::{Fields, Rest};
use super::head::wish;
use super::{config, contents, tools};
use crate::codec::Head;
use crate::ir::{Raw, Request};
use crate::node::Node;
use crate::tier::{self, Wish};

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
        (request.tools, request.search) = tools::tools(&given, &mut rest)?;
    }
    if let Some(choice) = fields.take("toolConfig")? {
        request.tool_choice = tools::choose(&choice, &mut request.tools, &mut rest)?;
    }
    if let Some(config) = fields.take("generationConfig")? {
        config::read(&config, &mut request, &mut rest)?;
    }
    let tier = fields.take("serviceTier")?;
    fields.leave(&mut rest);
    request.rest = rest;
    carry_tier(&mut request, tier.as_ref());
    Ok(request)
}

/// Puts the tier of service that is asked for where other codecs look for it, by their word for it.
fn carry_tier(request: &mut Request, tier: Option<&Node<'_>>) {
    let place = |(name, _): &(String, Raw)| name == "generationConfig.serviceTier";
    let inside = request.rest.iter().position(place);
    let inside = inside.map(|at| request.rest.remove(at).1);
    let told = tier.map(Node::raw).into_iter().chain(inside);
    let wishes = told.map(|raw| (wish(raw.get().as_bytes()), raw));
    let Some((wish, raw)) = wishes.into_iter().find(|(wish, _)| *wish != Wish::Usual) else {
        return;
    };
    let word = wish
        .tier()
        .and_then(|tier| to_raw_value(tier.as_str()).ok());
    let member = (tier::NAME.to_owned(), word.unwrap_or(raw));
    request.rest.push(member);
}
