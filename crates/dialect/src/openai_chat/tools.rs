//! The tools of a request and the choice among them, in all their forms.

use tollgate_model::Refusal;

use crate::ir::{Tool, ToolChoice};
use crate::node::{Members, Node};

/// Tools and the choice among them.
pub(super) struct Toolbox {
    pub(super) tools: Vec<Tool>,
    pub(super) choice: Option<ToolChoice>,
    /// Whether the tools are named only in the older of the two forms.
    pub(super) older: bool,
}

pub(super) fn decode(members: &mut Members<'_>) -> Result<Toolbox, Refusal> {
    let mut toolbox = Toolbox {
        tools: Vec::new(),
        choice: None,
        older: false,
    };
    if let Some(tools) = members.take("tools") {
        for node in tools.elements()? {
            toolbox.tools.push(tool(&node)?);
        }
    }
    if let Some(functions) = members.take("functions") {
        toolbox.older = toolbox.tools.is_empty();
        for node in functions.elements()? {
            toolbox.tools.push(function(&node)?);
        }
    }
    if let Some(choice) = members.take("tool_choice") {
        toolbox.choose(&choice)?;
    }
    if let Some(call) = members.take("function_call") {
        toolbox.choice = Some(match call.is_string() {
            true => word(&call)?,
            false => ToolChoice::Named(call.members()?.need("name")?.string()?),
        });
    }
    Ok(toolbox)
}

impl Toolbox {
    fn choose(&mut self, node: &Node<'_>) -> Result<(), Refusal> {
        if node.is_string() {
            self.choice = Some(word(node)?);
            return Ok(());
        }
        let mut members = node.members()?;
        let kind = members.need("type")?;
        match kind.string()?.as_str() {
            "function" => self.choice = Some(ToolChoice::Named(name_of(&mut members)?)),
            "allowed_tools" => self.allow(&mut members)?,
            other => {
                let detail = format!("The tool choice `{other}` is not known here.");
                return Err(kind.unsupported(detail));
            }
        }
        Ok(())
    }

    /// Leaves only the tools that are allowed.
    fn allow(&mut self, members: &mut Members<'_>) -> Result<(), Refusal> {
        let mut inner = members.read("allowed_tools", Node::members)?;
        let members = inner.as_mut().unwrap_or(members);
        let mode = members.need("mode")?;
        self.choice = Some(word(&mode)?);
        let mut allowed = Vec::new();
        for node in members.need("tools")?.elements()? {
            allowed.push(name_of(&mut node.members()?)?);
        }
        self.tools.retain(|tool| allowed.contains(&tool.name));
        Ok(())
    }
}

fn word(node: &Node<'_>) -> Result<ToolChoice, Refusal> {
    match node.string()?.as_str() {
        "auto" => Ok(ToolChoice::Auto),
        "none" => Ok(ToolChoice::None),
        "required" | "any" => Ok(ToolChoice::Required),
        _ => Err(node.wrong("auto, none, required, or an object that names a tool")),
    }
}

/// `{"function": {"name": …}}`, or the name beside the type.
fn name_of(members: &mut Members<'_>) -> Result<String, Refusal> {
    match members.read("function", Node::members)? {
        Some(mut function) => function.need("name")?.string(),
        None => members.need("name")?.string(),
    }
}

/// A function that the model may call. Callers of other dialects write it so, too.
pub(crate) fn tool(node: &Node<'_>) -> Result<Tool, Refusal> {
    let mut members = node.members()?;
    let kind = members.need("type")?;
    let name = kind.string()?;
    if name != "function" {
        let detail = format!(
            "Tools of the type `{name}` belong to one provider and cannot be \
                              carried to another."
        );
        return Err(kind.unsupported(detail));
    }
    let mut tool = function(&members.need("function")?)?;
    if let Some(cache) = members.take("cache_control") {
        tool.cache = Some(cache.raw());
    }
    Ok(tool)
}

fn function(node: &Node<'_>) -> Result<Tool, Refusal> {
    let mut members = node.members()?;
    let name = members.need("name")?;
    let tool = Tool {
        name: name.string()?,
        description: members.read("description", Node::string)?,
        parameters: members.take("parameters").map(|schema| schema.raw()),
        strict: members.read("strict", Node::flag)?,
        cache: members.take("cache_control").map(|cache| cache.raw()),
    };
    if tool.name.is_empty() {
        return Err(name.wrong("a name"));
    }
    Ok(tool)
}
