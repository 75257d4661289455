//! The tools of a request and the choice among them.

use serde_json::value::RawValue;
use tollgate_model::Refusal;

use crate::ir::{Raw, Search, Tool, ToolChoice};
use crate::node::{Members, Node};
use crate::openai_responses::forms::Form;
use crate::search;

/// Tools and the choice among them.
#[derive(Default)]
pub(super) struct Toolbox {
    pub(super) tools: Vec<Tool>,
    pub(super) choice: Option<ToolChoice>,
    /// The tools that are called in another form than functions: name, and type.
    pub(super) forms: Vec<(String, &'static str)>,
    /// How the provider may search the web.
    pub(super) search: Option<Search>,
}

/// Reads tools and the choice among them.
pub(super) fn decode(
    tools: Option<&Node<'_>>,
    choice: Option<&Node<'_>>,
) -> Result<Toolbox, Refusal> {
    let mut toolbox = Toolbox::default();
    if let Some(tools) = tools {
        for node in tools.elements()? {
            toolbox.add(&node)?;
        }
    }
    if let Some(choice) = choice {
        toolbox.choose(choice)?;
    }
    Ok(toolbox)
}

impl Toolbox {
    fn add(&mut self, node: &Node<'_>) -> Result<(), Refusal> {
        let mut members = node.members()?;
        let kind = members.need("type")?;
        let word = kind.string()?;
        if word == "function" {
            self.tools.push(function(&mut members)?);
            return Ok(());
        }
        if is_search(&word) {
            self.search = Some(web_search(&mut members)?);
            return Ok(());
        }
        let form = Form::of_tool(&word).ok_or_else(|| belongs_elsewhere(&kind, &word))?;
        let tool = match form.is_text {
            true => custom(form, &mut members)?,
            false => {
                here(&mut members)?;
                Tool {
                    name: form.tool.to_owned(),
                    description: Some(form.description.to_owned()),
                    parameters: schema(form),
                    strict: None,
                    cache: None,
                }
            }
        };
        self.forms.push((tool.name.clone(), form.tool));
        self.tools.push(tool);
        Ok(())
    }

    fn choose(&mut self, node: &Node<'_>) -> Result<(), Refusal> {
        if node.is_string() {
            self.choice = Some(word(node)?);
            return Ok(());
        }
        let mut members = node.members()?;
        let kind = members.need("type")?;
        let name = kind.string()?;
        match name.as_str() {
            "allowed_tools" => self.allow(&mut members),
            "function" | "custom" => {
                self.choice = Some(ToolChoice::Named(members.need("name")?.string()?));
                Ok(())
            }
            _ if Form::of_tool(&name).is_some() => {
                self.choice = Some(ToolChoice::Named(name));
                Ok(())
            }
            _ => Err(belongs_elsewhere(&kind, &name)),
        }
    }

    /// Leaves only the tools that are allowed.
    fn allow(&mut self, members: &mut Members<'_>) -> Result<(), Refusal> {
        self.choice = Some(word(&members.need("mode")?)?);
        let mut allowed = Vec::new();
        for node in members.need("tools")?.elements()? {
            let mut members = node.members()?;
            let name = match members.take("name") {
                Some(name) => name.string()?,
                None => members.need("type")?.string()?,
            };
            allowed.push(name);
        }
        self.tools.retain(|tool| allowed.contains(&tool.name));
        Ok(())
    }
}

/// Whether a type of tools is the search of the web, of any version.
fn is_search(kind: &str) -> bool {
    kind == "web_search"
        || kind == "web_search_preview"
        || kind.starts_with("web_search_2")
        || kind.starts_with("web_search_preview_2")
}

fn web_search(members: &mut Members<'_>) -> Result<Search, Refusal> {
    let only = members.read("filters", |node| {
        node.members()?.read("allowed_domains", search::domains)
    })?;
    Ok(Search {
        only: only.flatten().unwrap_or_default(),
        place: members.read("user_location", search::place)?,
        context: members.read("search_context_size", Node::string)?,
        ..Search::default()
    })
}

fn word(node: &Node<'_>) -> Result<ToolChoice, Refusal> {
    match node.string()?.as_str() {
        "auto" => Ok(ToolChoice::Auto),
        "none" => Ok(ToolChoice::None),
        "required" => Ok(ToolChoice::Required),
        _ => Err(node.wrong("auto, none, required, or an object that names a tool")),
    }
}

fn belongs_elsewhere(kind: &Node<'_>, word: &str) -> Refusal {
    let detail = format!(
        "Tools of the type `{word}` are run by OpenAI and cannot be carried to another provider."
    );
    kind.unsupported(detail)
}

/// Only a shell on the caller's own machine can be run by the caller.
fn here(members: &mut Members<'_>) -> Result<(), Refusal> {
    let Some(node) = members.take("environment") else {
        return Ok(());
    };
    let kind = node.members()?.need("type")?;
    match kind.string()?.as_str() {
        "local" => Ok(()),
        other => {
            let detail = format!("An environment of the type `{other}` lies at OpenAI.");
            Err(kind.unsupported(detail))
        }
    }
}

fn function(members: &mut Members<'_>) -> Result<Tool, Refusal> {
    let name = name(members)?;
    Ok(Tool {
        name,
        description: members.read("description", Node::string)?,
        parameters: members.take("parameters").map(|schema| schema.raw()),
        strict: members.read("strict", Node::flag)?,
        cache: None,
    })
}

/// A function that takes the text. A grammar is told in words, since no other provider can be held to
/// one.
fn custom(form: &Form, members: &mut Members<'_>) -> Result<Tool, Refusal> {
    let name = name(members)?;
    let mut words = members
        .read("description", Node::string)?
        .unwrap_or_default();
    if let Some(mut format) = members.read("format", Node::members)? {
        let kind = format.need("type")?;
        match kind.string()?.as_str() {
            "text" => {}
            "grammar" => {
                let syntax = format.need("syntax")?.string()?;
                let definition = format.need("definition")?.string()?;
                let grammar =
                    format!("The input must follow this grammar ({syntax}):\n{definition}");
                let gap = if words.is_empty() { "" } else { "\n\n" };
                words = format!("{words}{gap}{grammar}");
            }
            _ => return Err(kind.wrong("text or grammar")),
        }
    }
    Ok(Tool {
        name,
        description: Some(words).filter(|words| !words.is_empty()),
        parameters: schema(form),
        strict: None,
        cache: None,
    })
}

fn name(members: &mut Members<'_>) -> Result<String, Refusal> {
    let node = members.need("name")?;
    let name = node.string()?;
    if name.is_empty() {
        return Err(node.wrong("a name"));
    }
    Ok(name)
}

fn schema(form: &Form) -> Option<Raw> {
    RawValue::from_string(form.schema.to_owned()).ok()
}
