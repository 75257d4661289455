//! What the members of a request are called by those who wrote it. The intermediate form and the
//! outbound codecs call them as OpenAI does; what a caller is told of them has the caller's words.

use std::borrow::Cow;

use tollgate_model::Refusal;

use crate::ir::Request;
use crate::loss::Loss;

/// What precedes the position of a turn, and of a tool.
const TURN: &str = "messages[";
const TOOL: &str = "tools[";

/// The words of a dialect, where they are not OpenAI's.
#[derive(Debug)]
pub struct Names {
    /// The list of turns.
    turns: &'static str,
    /// The list of tools.
    tools: &'static str,
    /// Members, and the beginnings of paths; the first that fits counts. What follows a position
    /// in a list begins with a dot.
    members: &'static [(&'static str, &'static str)],
}

impl Names {
    /// OpenAI's words.
    pub const OPENAI: Names = Names::new("messages", "tools", &[]);

    /// The words of a dialect: its list of turns, its list of tools, and its other members beside
    /// OpenAI's names of them, longer ones before those with which they begin.
    pub const fn new(
        turns: &'static str,
        tools: &'static str,
        members: &'static [(&'static str, &'static str)],
    ) -> Names {
        Names {
            turns,
            tools,
            members,
        }
    }

    /// What the member of this name is called by the caller who wrote `request`.
    pub fn of<'a>(&self, name: &'a str, request: &Request) -> Cow<'a, str> {
        if let Some((at, after)) = position(name, TURN) {
            let place = request.turns.get(at).map_or("", |turn| &turn.place);
            return match place {
                "" => format!("{}[{at}]{}", self.turns, self.member(after)).into(),
                place if place.ends_with(']') => format!("{place}{}", self.member(after)).into(),
                alone => alone.to_owned().into(),
            };
        }
        if let Some((at, after)) = position(name, TOOL) {
            return format!("{}[{at}]{}", self.tools, self.member(after)).into();
        }
        match name {
            "messages" => self.turns.into(),
            _ => self.member(name),
        }
    }

    /// A refusal in the caller's words.
    pub fn refusal(&self, mut refusal: Refusal, request: &Request) -> Refusal {
        refusal.param = refusal
            .param
            .map(|name| self.of(&name, request).into_owned());
        refusal
    }

    /// What was lost, in the caller's words.
    pub fn loss(&self, loss: &Loss, request: &Request) -> Vec<String> {
        let mut told: Vec<String> = Vec::with_capacity(loss.members().len());
        for name in loss.members() {
            let name = self.of(name, request);
            if !told.iter().any(|known| **known == *name) {
                told.push(name.into_owned());
            }
        }
        told
    }

    fn member<'a>(&self, name: &'a str) -> Cow<'a, str> {
        let ends = |rest: &str| rest.is_empty() || rest.starts_with(['.', '[']);
        let fits = |(theirs, ours): &(&str, &'static str)| {
            let rest = name.strip_prefix(theirs)?;
            ends(rest).then_some((*ours, rest))
        };
        match self.members.iter().find_map(fits) {
            None => name.into(),
            Some((ours, "")) => ours.into(),
            Some((ours, rest)) => format!("{ours}{rest}").into(),
        }
    }
}

/// The position in a list, and what follows it.
fn position<'a>(name: &'a str, list: &str) -> Option<(usize, &'a str)> {
    let (at, after) = name.strip_prefix(list)?.split_once(']')?;
    Some((at.parse().ok()?, after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inbound;
    use crate::ir::{Role, Turn};
    use tollgate_model::Dialect;

    fn told(dialect: Dialect, name: &str) -> String {
        let turn = |place: &str| Turn {
            role: Role::User,
            blocks: Vec::new(),
            place: place.to_owned(),
        };
        let request = Request {
            turns: vec![turn("system"), turn("contents[3]"), turn("")],
            ..Request::default()
        };
        inbound(dialect).names().of(name, &request).into_owned()
    }

    #[test]
    fn every_caller_is_told_of_members_in_the_words_of_its_dialect() {
        use Dialect::{AnthropicMessages, Gemini, OpenaiChat};
        let cases = [
            (
                "stop",
                "stop",
                "stop_sequences",
                "generationConfig.stopSequences",
            ),
            ("n", "n", "n", "generationConfig.candidateCount"),
            ("seed", "seed", "seed", "generationConfig.seed"),
            ("user", "user", "metadata.user_id", "user"),
            (
                "reasoning_effort",
                "reasoning_effort",
                "thinking",
                "generationConfig.thinkingConfig",
            ),
            (
                "response_format",
                "response_format",
                "output_config.format",
                "generationConfig.responseSchema",
            ),
            (
                "response_format.json_schema.schema.minimum",
                "response_format.json_schema.schema.minimum",
                "output_config.format.schema.minimum",
                "generationConfig.responseSchema.minimum",
            ),
            (
                "tools[2].function.parameters.format",
                "tools[2].function.parameters.format",
                "tools[2].input_schema.format",
                "tools.functionDeclarations[2].parameters.format",
            ),
            (
                "tools[0].function.name",
                "tools[0].function.name",
                "tools[0].name",
                "tools.functionDeclarations[0].name",
            ),
            ("messages", "messages", "messages", "contents"),
            ("messages[0].content", "system", "system", "system"),
            (
                "messages[1].tool_calls",
                "contents[3].tool_calls",
                "contents[3].content",
                "contents[3].parts",
            ),
            (
                "messages[2].content",
                "messages[2].content",
                "messages[2].content",
                "contents[2].parts",
            ),
            (
                "never_heard_of",
                "never_heard_of",
                "never_heard_of",
                "never_heard_of",
            ),
            ("stopping", "stopping", "stopping", "stopping"),
        ];
        for (name, openai, anthropic, gemini) in cases {
            assert_eq!(told(OpenaiChat, name), openai);
            assert_eq!(told(AnthropicMessages, name), anthropic);
            assert_eq!(told(Gemini, name), gemini);
        }
    }

    #[test]
    fn a_caller_of_bedrock_is_told_of_its_own_members() {
        for (name, want) in [
            ("stop", "inferenceConfig.stopSequences"),
            (
                "tools[1].function.name",
                "toolConfig.tools[1].toolSpec.name",
            ),
            ("messages[0].content", "system"),
            ("messages[1].tool_calls", "contents[3].content"),
            ("response_format", "outputConfig.textFormat"),
        ] {
            assert_eq!(told(Dialect::BedrockConverse, name), want);
        }
    }

    #[test]
    fn what_is_lost_under_one_name_is_told_once() {
        let mut loss = Loss::default();
        for name in ["reasoning_effort", "thinking", "top_k"] {
            loss.dropped(name);
        }
        let names = inbound(Dialect::AnthropicMessages).names();
        assert_eq!(
            names.loss(&loss, &Request::default()),
            ["thinking", "top_k"]
        );
    }
}
