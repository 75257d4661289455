//! What differs between generations of Claude, told from the model's name.

/// What a model takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Abilities {
    /// How it is told to think.
    pub(crate) thinking: Thinking,
    /// Which parameters of sampling it takes.
    pub(crate) sampling: Sampling,
    /// Whether instructions may stand between the turns.
    pub(crate) system_between: bool,
    /// Whether it can be held to a schema.
    pub(crate) schemas: bool,
}

/// How a model is told to think.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Thinking {
    /// It does not think.
    Never,
    /// By a number of tokens.
    Budget,
    /// By a word.
    Effort,
}

/// Which of `temperature`, `top_p` and `top_k` a model takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sampling {
    /// All of them together.
    Any,
    /// `temperature` or `top_p`, not both.
    One,
    /// None.
    Fixed,
}

/// What the model of this name takes. A name that is not Claude's is one of a provider that speaks
/// the dialect; it is taken to know what was in the dialect before models differed.
pub(crate) fn of(model: &str) -> Abilities {
    let Some((family, version)) = claude(model) else {
        return Abilities {
            thinking: Thinking::Budget,
            sampling: Sampling::Any,
            system_between: false,
            schemas: true,
        };
    };
    Abilities {
        thinking: match version {
            v if v >= (4, 6) => Thinking::Effort,
            v if v >= (3, 7) => Thinking::Budget,
            _ => Thinking::Never,
        },
        sampling: match version {
            v if v >= (4, 7) => Sampling::Fixed,
            v if v >= (4, 1) => Sampling::One,
            _ => Sampling::Any,
        },
        system_between: version >= (4, 8) && matches!(family, "opus" | "fable" | "mythos"),
        schemas: version >= (4, 5),
    }
}

/// Family and version of a Claude: `claude-opus-4-6-20260205`, `claude-3-5-haiku`,
/// `us.anthropic.claude-sonnet-4-5-v1:0`, `anthropic/claude-opus-4.6`.
fn claude(model: &str) -> Option<(&str, (u32, u32))> {
    let (_, name) = model.split_once("claude-")?;
    let (mut family, mut version) = ("", Vec::new());
    for word in name.split(['-', '.', '@', ':', '_']) {
        match word.parse::<u32>() {
            Ok(number) if word.len() <= 2 && version.len() < 2 => version.push(number),
            _ if version.is_empty() || family.is_empty() => family = word,
            _ => break,
        }
    }
    let major = *version.first()?;
    Some((family, (major, version.get(1).copied().unwrap_or(0))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn family_and_version_are_read_from_every_form_of_a_name() {
        let cases = [
            ("claude-opus-4-6-20260205", Some(("opus", (4, 6)))),
            ("claude-sonnet-4-20250514", Some(("sonnet", (4, 0)))),
            ("claude-3-5-haiku-20241022", Some(("haiku", (3, 5)))),
            ("claude-3-opus-20240229", Some(("opus", (3, 0)))),
            (
                "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
                Some(("sonnet", (4, 5))),
            ),
            ("anthropic/claude-opus-4.8", Some(("opus", (4, 8)))),
            ("claude-sonnet-5", Some(("sonnet", (5, 0)))),
            ("claude-opus-4-1@20250805", Some(("opus", (4, 1)))),
            ("claude-instant", None),
            ("glm-4.6", None),
            ("", None),
        ];
        for (name, want) in cases {
            assert_eq!(claude(name), want, "{name}");
        }
    }

    #[test]
    fn abilities_follow_the_generation() {
        use Sampling::{Any, Fixed, One};
        use Thinking::{Budget, Effort, Never};
        let cases = [
            ("claude-3-5-haiku-20241022", Never, Any, false, false),
            ("claude-3-7-sonnet-20250219", Budget, Any, false, false),
            ("claude-sonnet-4-5", Budget, One, false, true),
            ("claude-opus-4-6", Effort, One, false, true),
            ("claude-opus-4-7", Effort, Fixed, false, true),
            ("claude-opus-4-8", Effort, Fixed, true, true),
            ("claude-sonnet-5", Effort, Fixed, false, true),
            ("claude-fable-5", Effort, Fixed, true, true),
            ("MiniMax-M2", Budget, Any, false, true),
        ];
        for (name, thinking, sampling, system_between, schemas) in cases {
            let want = Abilities {
                thinking,
                sampling,
                system_between,
                schemas,
            };
            assert_eq!(of(name), want, "{name}");
        }
    }
}
