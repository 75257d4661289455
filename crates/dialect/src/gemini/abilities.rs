//! What differs between generations of Gemini, told from the model's name.

/// How a model is told to think.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Thinking {
    /// It does not think, or is not known to.
    Never,
    /// By a number of tokens.
    Budget {
        /// The fewest, where it thinks at all.
        least: u64,
        /// The most.
        most: u64,
        /// Whether it may be told not to think.
        can_rest: bool,
    },
    /// By a word.
    Level {
        /// Whether there is a word for as good as nothing.
        minimal: bool,
    },
}

/// How the model of this name is told to think.
pub(super) fn thinking(model: &str) -> Thinking {
    match version(model) {
        Some(version) if version >= (3, 0) => Thinking::Level {
            minimal: model.contains("flash"),
        },
        Some((2, 5)) if model.contains("flash-lite") => Thinking::Budget {
            least: 512,
            most: 24_576,
            can_rest: true,
        },
        Some((2, 5)) if model.contains("flash") => Thinking::Budget {
            least: 1,
            most: 24_576,
            can_rest: true,
        },
        Some((2, 5)) => Thinking::Budget {
            least: 128,
            most: 32_768,
            can_rest: false,
        },
        _ => Thinking::Never,
    }
}

/// Whether the model is of the third generation or newer: calls must carry the signature of the
/// thoughts that led to them, and what tools return may be media.
pub(super) fn is_third(model: &str) -> bool {
    version(model).is_some_and(|version| version >= (3, 0))
}

/// Whether the model may be held to JSON and have tools as well; of a model that is not known the
/// provider decides.
pub(super) fn has_json_with_tools(model: &str) -> bool {
    version(model).is_none_or(|version| version >= (3, 0))
}

/// The version in `gemini-2.5-flash`, `gemini-3-pro-preview`; that of `gemini-flash-latest` is
/// taken to be the third.
fn version(model: &str) -> Option<(u32, u32)> {
    let (_, name) = model.split_once("gemini-")?;
    if name.ends_with("-latest") && !name.contains(|c: char| c.is_ascii_digit()) {
        return Some((3, 0));
    }
    let mut numbers = name.split('-').next()?.split('.').map(str::parse::<u32>);
    let major = numbers.next()?.ok()?;
    let minor = numbers.next().map_or(Some(0), Result::ok)?;
    Some((major, minor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_from_every_form_of_a_name() {
        let cases = [
            ("gemini-2.5-flash", Some((2, 5))),
            ("gemini-3-pro-preview", Some((3, 0))),
            ("gemini-3.1-pro-preview", Some((3, 1))),
            ("publishers/google/gemini-2.0-flash-001", Some((2, 0))),
            ("gemini-flash-latest", Some((3, 0))),
            ("gemma-3-27b-it", None),
            ("", None),
        ];
        for (name, want) in cases {
            assert_eq!(version(name), want, "{name}");
        }
    }

    #[test]
    fn thinking_follows_the_generation() {
        let budget = |least, most, can_rest| Thinking::Budget {
            least,
            most,
            can_rest,
        };
        let cases = [
            ("gemini-2.0-flash", Thinking::Never),
            ("gemini-2.5-pro", budget(128, 32_768, false)),
            ("gemini-2.5-flash", budget(1, 24_576, true)),
            ("gemini-2.5-flash-lite", budget(512, 24_576, true)),
            ("gemini-3-pro-preview", Thinking::Level { minimal: false }),
            ("gemini-3-flash", Thinking::Level { minimal: true }),
            ("gemma-3-27b-it", Thinking::Never),
        ];
        for (name, want) in cases {
            assert_eq!(thinking(name), want, "{name}");
        }
    }
}
