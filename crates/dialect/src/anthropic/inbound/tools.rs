//! The tools of a request and the choice among them.

use tollgate_model::Refusal;

use crate::ir::{Search, Tool, ToolChoice};
use crate::left::Left;
use crate::node::{Members, Node};
use crate::search;

/// Tools and the choice among them.
#[derive(Default)]
pub(super) struct Toolbox {
    pub(super) tools: Vec<Tool>,
    pub(super) choice: Option<ToolChoice>,
    /// Whether several may be called in one answer, where the caller says.
    pub(super) parallel: Option<bool>,
    /// How the provider may search the web.
    pub(super) search: Option<Search>,
}

/// Reads `tools` and `tool_choice`.
pub(super) fn decode(members: &mut Members<'_>, left: &mut Left) -> Result<Toolbox, Refusal> {
    let mut toolbox = Toolbox::default();
    if let Some(tools) = members.take("tools") {
        for node in tools.elements()? {
            match web_search(&node)? {
                Some(search) => toolbox.search = Some(search),
                None => toolbox.tools.push(tool(&node, left)?),
            }
        }
    }
    if let Some(mut choice) = members.read("tool_choice", Node::members)? {
        toolbox.choice = Some(chosen(&mut choice)?);
        let one_at_a_time = choice.read("disable_parallel_tool_use", Node::flag)?;
        toolbox.parallel = one_at_a_time.map(|one| !one);
        left.add_rest("tool_choice", choice);
    }
    Ok(toolbox)
}

fn chosen(members: &mut Members<'_>) -> Result<ToolChoice, Refusal> {
    let kind = members.need("type")?;
    match kind.string()?.as_str() {
        "auto" => Ok(ToolChoice::Auto),
        "any" => Ok(ToolChoice::Required),
        "none" => Ok(ToolChoice::None),
        "tool" => Ok(ToolChoice::Named(members.need("name")?.string()?)),
        _ => Err(kind.wrong("one of auto, any, tool, none")),
    }
}

/// The search of the web, of any version; `None` for any other tool.
fn web_search(node: &Node<'_>) -> Result<Option<Search>, Refusal> {
    let mut members = node.members()?;
    let kind = members.read("type", Node::string)?.unwrap_or_default();
    if !kind.starts_with("web_search_") {
        return Ok(None);
    }
    let domains = |list: Option<Vec<String>>| list.unwrap_or_default();
    Ok(Some(Search {
        most: members.read("max_uses", Node::count)?,
        only: domains(members.read("allowed_domains", search::domains)?),
        without: domains(members.read("blocked_domains", search::domains)?),
        place: members.read("user_location", search::place)?,
        context: None,
    }))
}

fn tool(node: &Node<'_>, left: &mut Left) -> Result<Tool, Refusal> {
    let mut members = node.members()?;
    if let Some(kind) = members.take("type")
        && kind.string()? != "custom"
    {
        let detail = format!(
            "Tools of the type `{}` belong to Anthropic and cannot be carried to another provider.",
            kind.string()?
        );
        return Err(kind.unsupported(detail));
    }
    let name = members.need("name")?;
    let tool = Tool {
        name: name.string()?,
        description: members.read("description", Node::string)?,
        parameters: Some(members.need("input_schema")?.raw()),
        strict: members.read("strict", Node::flag)?,
        cache: members.take("cache_control").map(|cache| cache.raw()),
    };
    if tool.name.is_empty() {
        return Err(name.wrong("a name"));
    }
    left.add_rest("tools", members);
    Ok(tool)
}
