//! Names of tools that a provider's dialect does not take, since they are too long or have other
//! characters in them. The provider is told shorter ones, and the caller reads its own.

use std::borrow::Cow;

use crate::codec::Outbound;
use crate::ir::{Content, Event, Opening, Request, Response, ToolChoice, Turn};

/// How long a name of ours may be. Every dialect takes as many.
const LONGEST: usize = 64;

/// The caller's names that have others at a provider; none where the dialect takes them all. They
/// follow from the request alone, so that the next turn of the conversation has the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolNames(Vec<(String, String)>);

impl ToolNames {
    /// The names of a request towards a provider of a dialect.
    pub fn of(request: &Request, provider: &dyn Outbound) -> ToolNames {
        let all: Vec<&str> = named(request).collect();
        let mut names = ToolNames::default();
        for name in &all {
            let fits = name.is_empty() || provider.takes_tool_name(name);
            if !fits && names.theirs(name).is_none() {
                let taken = |short: &str| all.contains(&short) || names.ours(short).is_some();
                let short = (0..)
                    .map(|try_| shortened(name, try_))
                    .find(|short| !taken(short));
                names
                    .0
                    .extend(short.map(|short| ((*name).to_owned(), short)));
            }
        }
        names
    }

    /// The request as the provider gets it.
    pub fn told<'a>(&self, request: &'a Request) -> Cow<'a, Request> {
        if self.0.is_empty() {
            return Cow::Borrowed(request);
        }
        let mut told = request.clone();
        for tool in &mut told.tools {
            self.tell(&mut tool.name);
        }
        if let Some(ToolChoice::Named(name)) = &mut told.tool_choice {
            self.tell(name);
        }
        let blocks = told
            .turns
            .iter_mut()
            .flat_map(|turn: &mut Turn| &mut turn.blocks);
        for block in blocks {
            if let Content::ToolUse { name, .. } = &mut block.content {
                self.tell(name);
            }
        }
        Cow::Owned(told)
    }

    /// Gives the calls in an answer the names that the caller knows.
    pub fn restore(&self, response: &mut Response) {
        for block in &mut response.blocks {
            if let Content::ToolUse { name, .. } = &mut block.content {
                self.give_back(name);
            }
        }
    }

    /// The same for a piece of a streamed answer.
    pub fn restore_event(&self, event: &mut Event) {
        if let Event::Open(_, Opening::ToolUse { name, .. }) = event {
            self.give_back(name);
        }
    }

    fn theirs(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(ours, _)| ours == name);
        found.map(|(_, theirs)| theirs.as_str())
    }

    fn ours(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(_, theirs)| theirs == name);
        found.map(|(ours, _)| ours.as_str())
    }

    fn tell(&self, name: &mut String) {
        if let Some(theirs) = self.theirs(name) {
            theirs.clone_into(name);
        }
    }

    fn give_back(&self, name: &mut String) {
        if let Some(ours) = self.ours(name) {
            ours.clone_into(name);
        }
    }
}

/// Every name of a tool in a request, in order, as often as it stands there.
fn named(request: &Request) -> impl Iterator<Item = &str> {
    let tools = request.tools.iter().map(|tool| tool.name.as_str());
    let chosen = match &request.tool_choice {
        Some(ToolChoice::Named(name)) => Some(name.as_str()),
        _ => None,
    };
    let blocks = request.turns.iter().flat_map(|turn| &turn.blocks);
    let called = blocks.filter_map(|block| match &block.content {
        Content::ToolUse { name, .. } => Some(name.as_str()),
        _ => None,
    });
    tools.chain(chosen).chain(called)
}

/// What every dialect takes in place of a name: a letter, and as much of the name as there is room
/// for before its checksum, by which two that begin alike are told apart.
fn shortened(name: &str, try_: u32) -> String {
    let sum = format!(
        "_{:08x}",
        crc32fast::hash(name.as_bytes()).wrapping_add(try_)
    );
    let plain = name.chars().map(|letter| match letter {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '-' => letter,
        _ => '_',
    });
    let starts = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let begin = if starts { "" } else { "t_" };
    let room = LONGEST - sum.len() - begin.len();
    format!("{begin}{}{sum}", plain.take(room).collect::<String>())
}

/// Whether a name has 1 to 64 letters, digits, `_` and `-`.
pub(crate) fn is_plain(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    (1..=LONGEST).contains(&name.len()) && name.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use tollgate_model::Dialect;

    use super::*;
    use crate::ir::{Block, Raw, Role, Tool};
    use crate::outbound;

    fn asking(names: &[&str]) -> Request {
        let tool = |name: &&str| Tool {
            name: (*name).to_owned(),
            description: None,
            parameters: None,
            strict: None,
            cache: None,
        };
        Request {
            tools: names.iter().map(tool).collect(),
            ..Request::default()
        }
    }

    fn called(name: &str) -> Content {
        let input: Raw = serde_json::from_str("{}").unwrap();
        Content::ToolUse {
            id: "c1".into(),
            name: name.into(),
            input,
            signature: None,
        }
    }

    /// What each dialect that minds is told, which names it takes, and that they are given back.
    fn holds(names: &[&str]) {
        for dialect in [
            Dialect::OpenaiChat,
            Dialect::OpenaiResponses,
            Dialect::AnthropicMessages,
            Dialect::Gemini,
            Dialect::BedrockConverse,
        ] {
            let provider = outbound(dialect);
            let request = asking(names);
            let known = ToolNames::of(&request, provider);
            let told = known.told(&request).into_owned();
            for (tool, name) in told.tools.iter().zip(names) {
                assert!(
                    provider.takes_tool_name(&tool.name),
                    "{dialect}: {}",
                    tool.name
                );
                let mut event = Event::Open(
                    0,
                    Opening::ToolUse {
                        id: "c1".into(),
                        name: tool.name.clone(),
                        signature: None,
                    },
                );
                known.restore_event(&mut event);
                assert!(
                    matches!(&event, Event::Open(_, Opening::ToolUse { name: back, .. }) if back == name)
                );
            }
            let mut different: Vec<&String> = told.tools.iter().map(|tool| &tool.name).collect();
            different.sort();
            different.dedup();
            assert_eq!(different.len(), names.len(), "{dialect}");
        }
    }

    #[test]
    fn oa_13_gm_17_a_name_that_is_not_taken_is_told_as_another_and_given_back() {
        let long = format!("mcp__{}", "x".repeat(90));
        let longer = format!("{long}y");
        holds(&[
            "with space",
            "a.b",
            "a:b",
            "a_b",
            "ü",
            "1st",
            "-x",
            &long,
            &longer,
            "fine",
        ]);
    }

    #[test]
    fn oa_13_no_two_names_become_the_same() {
        let provider = outbound(Dialect::AnthropicMessages);
        let first = ToolNames::of(&asking(&["a.b"]), provider);
        let taken = first.theirs("a.b").unwrap().to_owned();
        holds(&["a.b", &taken]);
    }

    #[test]
    fn oa_13_calls_and_choices_follow_their_tools() {
        let mut request = asking(&["a.b"]);
        request.tool_choice = Some(ToolChoice::Named("a.b".into()));
        request.turns.push(Turn {
            role: Role::Assistant,
            blocks: vec![Block::from(called("a.b"))],
            place: String::new(),
        });
        let names = ToolNames::of(&request, outbound(Dialect::BedrockConverse));
        let told = names.told(&request).into_owned();
        let name = told.tools[0].name.clone();
        assert_ne!(name, "a.b");
        assert_eq!(told.tool_choice, Some(ToolChoice::Named(name.clone())));
        let Content::ToolUse { name: call, .. } = &told.turns[0].blocks[0].content else {
            panic!("no call");
        };
        assert_eq!(*call, name);
        assert_eq!(
            names,
            ToolNames::of(&request, outbound(Dialect::BedrockConverse))
        );
    }
}
