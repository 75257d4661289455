//! The tools of a caller's request, and the choice among them.

use tollgate_model::Refusal;

use super::fields::{Fields, Rest, each};
use super::schema;
use crate::ir::{Search, Tool, ToolChoice};
use crate::node::Node;
use crate::search;

/// Reads the tools, which must be functions or the search of the web: everything else is run by Google
/// itself.
pub(super) fn tools(
    node: &Node<'_>,
    rest: &mut Rest,
) -> Result<(Vec<Tool>, Option<Search>), Refusal> {
    let (mut tools, mut search) = (Vec::new(), None);
    for tool in each(node)? {
        let mut fields = Fields::of(&tool)?;
        if let Some(functions) = fields.take("functionDeclarations")? {
            for declared in each(&functions)? {
                tools.push(function(&declared, rest)?);
            }
        }
        if let Some(wish) = fields.take("googleSearch")? {
            search = Some(web_search(&wish)?);
        }
        let mut others = Rest::new();
        fields.leave(&mut others);
        if let Some((name, _)) = others.iter().find(|(_, value)| value.get() != "null") {
            let name = name.rsplit('.').next().unwrap_or_default();
            let detail = format!(
                "The tool `{name}` is run by Google and cannot be carried to another provider."
            );
            return Err(tool.unsupported(detail));
        }
    }
    Ok((tools, search))
}

fn web_search(node: &Node<'_>) -> Result<Search, Refusal> {
    let mut fields = Fields::of(node)?;
    let without = fields.read("excludeDomains", search::domains)?;
    if let Some(range) = fields.take("timeRangeFilter")? {
        return Err(range.unsupported("No other provider takes pages of a range of time only."));
    }
    Ok(Search {
        without: without.unwrap_or_default(),
        ..Search::default()
    })
}

fn function(node: &Node<'_>, rest: &mut Rest) -> Result<Tool, Refusal> {
    let mut fields = Fields::of(node)?;
    let name = fields.need("name")?;
    let described = fields.take("parameters")?;
    let plain = fields.take("parametersJsonSchema")?;
    if let (Some(_), Some(other)) = (&described, &plain) {
        let detail = "A function has either `parameters` or `parametersJsonSchema`, not both.";
        return Err(other.malformed(detail));
    }
    let described = described
        .map(|node| schema::json_schema(&node))
        .transpose()?;
    let tool = Tool {
        name: name.string()?,
        description: fields.read("description", Node::string)?,
        parameters: described.or_else(|| plain.map(|schema| schema.raw())),
        strict: None,
        cache: None,
    };
    fields.leave(rest);
    if tool.name.is_empty() {
        return Err(name.wrong("a name"));
    }
    Ok(tool)
}

/// Reads the choice among the tools, and leaves only those that are allowed.
pub(super) fn choose(
    node: &Node<'_>,
    tools: &mut Vec<Tool>,
    rest: &mut Rest,
) -> Result<Option<ToolChoice>, Refusal> {
    let mut outer = Fields::of(node)?;
    let calling = outer.take("functionCallingConfig")?;
    outer.leave(rest);
    let Some(calling) = calling else {
        return Ok(None);
    };
    let mut fields = Fields::of(&calling)?;
    let mode = fields.take("mode")?;
    let names = fields
        .read("allowedFunctionNames", names)?
        .unwrap_or_default();
    fields.leave(rest);
    let word = mode.as_ref().map(Node::string).transpose()?;
    let choice = match (word.as_deref(), &mode) {
        (None | Some("MODE_UNSPECIFIED"), _) => None,
        (Some("AUTO" | "VALIDATED"), _) => Some(ToolChoice::Auto),
        (Some("NONE"), _) => Some(ToolChoice::None),
        (Some("ANY"), _) => Some(match names.as_slice() {
            [one] => ToolChoice::Named(one.clone()),
            _ => ToolChoice::Required,
        }),
        (Some(_), Some(mode)) => return Err(mode.wrong("one of AUTO, ANY, NONE, VALIDATED")),
        (Some(_), None) => None,
    };
    if !names.is_empty() && choice != Some(ToolChoice::None) {
        tools.retain(|tool| names.contains(&tool.name));
    }
    Ok(choice)
}

fn names(node: &Node<'_>) -> Result<Vec<String>, Refusal> {
    each(node)?.iter().map(Node::string).collect()
}
