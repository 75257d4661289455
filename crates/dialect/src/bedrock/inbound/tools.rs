//! The tools of a request and the choice among them.

use tollgate_model::Refusal;

use super::blocks::cache_mark;
use crate::ir::{Tool, ToolChoice};
use crate::left::Left;
use crate::node::{Members, Node};

const PLACE: &str = "toolConfig";

/// Tools and the choice among them.
#[derive(Default)]
pub(super) struct Toolbox {
    pub(super) tools: Vec<Tool>,
    pub(super) choice: Option<ToolChoice>,
}

/// Reads `toolConfig`.
pub(super) fn decode(members: &mut Members<'_>, left: &mut Left) -> Result<Toolbox, Refusal> {
    let mut toolbox = Toolbox::default();
    let Some(mut config) = members.read(PLACE, Node::members)? else {
        return Ok(toolbox);
    };
    for node in config.need("tools")?.elements()? {
        let mut members = node.members()?;
        if let Some(mark) = members.take("cachePoint") {
            if let Some(last) = toolbox.tools.last_mut() {
                last.cache = Some(cache_mark(&mark, left)?);
            }
        } else if let Some(own) = members.take("systemTool") {
            let detail = "Tools that Bedrock runs cannot be carried to another provider.";
            return Err(own.unsupported(detail));
        } else {
            toolbox.tools.push(tool(&members.need("toolSpec")?, left)?);
        }
        left.add_rest("toolConfig.tools", members);
    }
    toolbox.choice = config.read("toolChoice", chosen)?;
    left.add_rest(PLACE, config);
    Ok(toolbox)
}

fn tool(node: &Node<'_>, left: &mut Left) -> Result<Tool, Refusal> {
    let mut members = node.members()?;
    let name = members.need("name")?;
    let mut schema = members.need("inputSchema")?.members()?;
    let tool = Tool {
        name: name.string()?,
        description: members.read("description", Node::string)?,
        parameters: Some(schema.need("json")?.raw()),
        strict: members.read("strict", Node::flag)?,
        cache: None,
    };
    if tool.name.is_empty() {
        return Err(name.wrong("a name"));
    }
    left.add_rest("toolConfig.tools", members);
    Ok(tool)
}

fn chosen(node: &Node<'_>) -> Result<ToolChoice, Refusal> {
    let mut members = node.members()?;
    if members.take("auto").is_some() {
        return Ok(ToolChoice::Auto);
    }
    if members.take("any").is_some() {
        return Ok(ToolChoice::Required);
    }
    match members.take("tool") {
        Some(tool) => tool
            .members()?
            .need("name")?
            .string()
            .map(ToolChoice::Named),
        None => Err(node.wrong("an object with one of auto, any, tool")),
    }
}
