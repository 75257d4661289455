//! What differs between generations of OpenAI's models, told from the model's name.

/// What a model takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Abilities {
    /// Its words for how much to think, from the least to the most; none where it does not think.
    pub(crate) efforts: &'static [&'static str],
    /// Whether it is known to take neither sampling nor stop texts while it thinks.
    pub(crate) strict: bool,
    /// Whether it thinks where nobody says how much.
    pub(crate) thinks: bool,
    /// Whether it takes tools only where it does not think.
    pub(crate) tools_or_thoughts: bool,
}

/// What the model of this name takes. A name that is not OpenAI's is one of a provider that speaks
/// the dialect; it is taken to know the words that all who think know, and to bear the rest.
pub(crate) fn of(model: &str) -> Abilities {
    let plain = Abilities {
        efforts: &[],
        strict: false,
        thinks: false,
        tools_or_thoughts: false,
    };
    match generation(model) {
        None => Abilities {
            efforts: &["low", "medium", "high"],
            ..plain
        },
        Some(Generation::Talks) => plain,
        Some(Generation::Thinks) => Abilities {
            efforts: &["low", "medium", "high"],
            strict: true,
            thinks: true,
            ..plain
        },
        Some(Generation::Gpt(version)) => Abilities {
            efforts: match version {
                (5, 0) => &["minimal", "low", "medium", "high"],
                (5, 1) => &["none", "low", "medium", "high"],
                _ => &["none", "low", "medium", "high", "xhigh"],
            },
            strict: true,
            thinks: version == (5, 0) || version >= (5, 6),
            tools_or_thoughts: version >= (5, 2),
        },
    }
}

enum Generation {
    /// It does not think.
    Talks,
    /// `o1`, `o3`, `o4`.
    Thinks,
    /// The fifth generation and those after it, by version.
    Gpt((u32, u32)),
}

/// The generation of a model of OpenAI's: `gpt-5.1-mini`, `openai/o3`, `gpt-4o-2024-08-06`.
fn generation(model: &str) -> Option<Generation> {
    let name = model.rsplit('/').next().unwrap_or(model);
    let thinks = ["o1", "o3", "o4"].iter().any(|stem| {
        name.strip_prefix(stem)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    });
    if thinks {
        return Some(Generation::Thinks);
    }
    if name.starts_with("chatgpt-") {
        return Some(Generation::Talks);
    }
    let version = name.strip_prefix("gpt-")?.split('-').next()?;
    let (major, minor) = version.split_once('.').unwrap_or((version, "0"));
    let major: u32 = major.trim_end_matches('o').parse().ok()?;
    if major < 5 || name.contains("-chat") {
        return Some(Generation::Talks);
    }
    Some(Generation::Gpt((major, minor.parse().unwrap_or(0))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abilities_follow_the_generation() {
        let none = "";
        let cases = [
            ("gpt-4o", none, false, false, false),
            ("gpt-4.1-mini", none, false, false, false),
            ("gpt-3.5-turbo", none, false, false, false),
            ("gpt-5-chat-latest", none, false, false, false),
            ("o3", "low medium high", true, true, false),
            (
                "openai/o4-mini-2025-04-16",
                "low medium high",
                true,
                true,
                false,
            ),
            ("gpt-5-mini", "minimal low medium high", true, true, false),
            ("gpt-5.1", "none low medium high", true, false, false),
            ("gpt-5.4", "none low medium high xhigh", true, false, true),
            (
                "gpt-5.6-terra",
                "none low medium high xhigh",
                true,
                true,
                true,
            ),
            (
                "gpt-6.1-sol",
                "none low medium high xhigh",
                true,
                true,
                true,
            ),
            ("gpt-oss-120b", "low medium high", false, false, false),
            ("deepseek-chat", "low medium high", false, false, false),
            ("o365", "low medium high", false, false, false),
        ];
        for (model, efforts, strict, thinks, tools_or_thoughts) in cases {
            let got = of(model);
            assert_eq!(got.efforts.join(" "), efforts, "{model}");
            let flags = (got.strict, got.thinks, got.tools_or_thoughts);
            assert_eq!(flags, (strict, thinks, tools_or_thoughts), "{model}");
        }
    }
}
