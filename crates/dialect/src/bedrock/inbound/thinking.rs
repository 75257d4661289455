//! What callers wish of one vendor's models, in `additionalModelRequestFields`: how much to think,
//! and what of sampling the dialect itself lacks.

use tollgate_model::Refusal;

use crate::ir::{Effort, Reasoning};
use crate::left::Left;
use crate::node::{Members, Node};

const PLACE: &str = "additionalModelRequestFields";

/// What is wished.
#[derive(Default)]
pub(super) struct Wishes {
    pub(super) reasoning: Option<Reasoning>,
    /// Whether the thoughts are not to be shown.
    pub(super) hide_thoughts: bool,
    pub(super) top_k: Option<u64>,
    pub(super) parallel_tools: Option<bool>,
}

impl Wishes {
    /// Reads the wishes that other vendors' models can be told; the rest is left.
    pub(super) fn take(members: &mut Members<'_>, left: &mut Left) -> Result<Wishes, Refusal> {
        let Some(mut fields) = members.read(PLACE, Node::members)? else {
            return Ok(Wishes::default());
        };
        let mut wishes = Wishes {
            top_k: fields.read("top_k", Node::count)?,
            ..Wishes::default()
        };
        wishes.of_claude(&mut fields, left)?;
        wishes.of_nova(&mut fields, left)?;
        if let Some(effort) = fields.read("reasoning_effort", effort)? {
            wishes.reasoning.get_or_insert(Reasoning::Effort(effort));
        }
        left.add_rest(PLACE, fields);
        Ok(wishes)
    }

    fn of_claude(&mut self, fields: &mut Members<'_>, left: &mut Left) -> Result<(), Refusal> {
        let mut word = None;
        if let Some(mut config) = fields.read("output_config", Node::members)? {
            word = config.read("effort", effort)?;
            left.add_rest(&format!("{PLACE}.output_config"), config);
        }
        self.reasoning = word.map(Reasoning::Effort);
        if let Some(mut thinking) = fields.read("thinking", Node::members)? {
            let kind = thinking.need("type")?;
            self.reasoning = Some(match kind.string()?.as_str() {
                "disabled" => Reasoning::Off,
                "adaptive" => Reasoning::Effort(word.unwrap_or(Effort::High)),
                "enabled" => Reasoning::Budget(thinking.need("budget_tokens")?.count()?),
                _ => return Err(kind.wrong("one of enabled, adaptive, disabled")),
            });
            let display = thinking.read("display", Node::string)?;
            self.hide_thoughts = display.as_deref() == Some("omitted");
            left.add_rest(&format!("{PLACE}.thinking"), thinking);
        }
        if let Some(mut choice) = fields.read("tool_choice", Node::members)? {
            let one = choice.read("disable_parallel_tool_use", Node::flag)?;
            self.parallel_tools = one.map(|one| !one);
            // What must be called stands in `toolConfig`.
            choice.take("type");
            left.add_rest(&format!("{PLACE}.tool_choice"), choice);
        }
        Ok(())
    }

    fn of_nova(&mut self, fields: &mut Members<'_>, left: &mut Left) -> Result<(), Refusal> {
        if let Some(mut config) = fields.read("inferenceConfig", Node::members)? {
            let top_k = config.read("topK", Node::count)?;
            self.top_k = self.top_k.or(top_k);
            left.add_rest(&format!("{PLACE}.inferenceConfig"), config);
        }
        if let Some(mut config) = fields.read("reasoningConfig", Node::members)? {
            let kind = config.read("type", Node::string)?;
            let word = config.read("maxReasoningEffort", effort)?;
            let reasoning = match kind.as_deref() {
                Some("disabled") => Reasoning::Off,
                _ => Reasoning::Effort(word.unwrap_or(Effort::Medium)),
            };
            self.reasoning.get_or_insert(reasoning);
            left.add_rest(&format!("{PLACE}.reasoningConfig"), config);
        }
        Ok(())
    }
}

fn effort(node: &Node<'_>) -> Result<Effort, Refusal> {
    Ok(match node.string()?.as_str() {
        "minimal" => Effort::Minimal,
        "low" => Effort::Low,
        "medium" => Effort::Medium,
        "high" => Effort::High,
        "xhigh" | "max" => Effort::Maximal,
        _ => return Err(node.wrong("one of minimal, low, medium, high, xhigh, max")),
    })
}
