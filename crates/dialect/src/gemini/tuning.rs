//! How much to think and how to sample.

use super::abilities;
use super::wire::{Config, Thinking};
use crate::codec::Loss;
use crate::ir::{Effort, Reasoning, Request};

/// The part of a configuration that the request says plainly.
pub(super) fn sampling<'a>(request: &'a Request, loss: &mut Loss) -> Config<'a> {
    let seed = request.seed.and_then(|seed| i32::try_from(seed).ok());
    if request.seed.is_some() && seed.is_none() {
        loss.dropped("seed");
    }
    Config {
        max_output_tokens: request.max_tokens,
        temperature: request.temperature,
        top_p: request.top_p,
        top_k: request.top_k,
        stop_sequences: request
            .stop
            .iter()
            .map(String::as_str)
            .filter(|t| !t.is_empty())
            .collect(),
        seed,
        presence_penalty: request.presence_penalty,
        frequency_penalty: request.frequency_penalty,
        ..Config::default()
    }
}

/// How much to think; `None` leaves it to the model.
pub(super) fn thinking(request: &Request, model: &str, loss: &mut Loss) -> Option<Thinking> {
    let reasoning = request.reasoning?;
    match abilities::thinking(model) {
        abilities::Thinking::Never => {
            if reasoning != Reasoning::Off {
                loss.dropped("reasoning_effort");
            }
            None
        }
        abilities::Thinking::Budget {
            least,
            most,
            can_rest,
        } => {
            let tokens = match tokens(reasoning) {
                0 if can_rest => 0,
                tokens => tokens.clamp(least, most),
            };
            Some(Thinking {
                thinking_budget: Some(tokens),
                thinking_level: None,
                include_thoughts: tokens > 0 && reasoning != Reasoning::Off,
            })
        }
        abilities::Thinking::Level { minimal } => Some(Thinking {
            thinking_budget: None,
            thinking_level: Some(level(reasoning, minimal)),
            include_thoughts: reasoning != Reasoning::Off,
        }),
    }
}

fn tokens(reasoning: Reasoning) -> u64 {
    match reasoning {
        Reasoning::Off => 0,
        Reasoning::Budget(tokens) => tokens,
        Reasoning::Effort(effort) => match effort {
            Effort::Minimal => 512,
            Effort::Low => 1024,
            Effort::Medium => 2048,
            Effort::High => 4096,
            Effort::Maximal => 16_384,
        },
    }
}

fn level(reasoning: Reasoning, minimal: bool) -> &'static str {
    match reasoning {
        Reasoning::Off | Reasoning::Effort(Effort::Minimal) if minimal => "minimal",
        Reasoning::Off | Reasoning::Effort(Effort::Minimal | Effort::Low) => "low",
        Reasoning::Budget(0..=1024) => "low",
        Reasoning::Effort(Effort::Medium) | Reasoning::Budget(1025..=8192) => "medium",
        Reasoning::Effort(Effort::High | Effort::Maximal) | Reasoning::Budget(_) => "high",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(reasoning: Reasoning, model: &str) -> (String, bool) {
        let mut loss = Loss::default();
        let request = Request {
            reasoning: Some(reasoning),
            ..Request::default()
        };
        let thinking = thinking(&request, model, &mut loss);
        let text = thinking.map(|thinking| serde_json::to_string(&thinking).unwrap());
        (text.unwrap_or_else(|| "-".into()), loss.is_empty())
    }

    #[test]
    fn gm_14_effort_becomes_a_level_or_a_budget_within_the_range_of_the_model() {
        let effort = Reasoning::Effort;
        let (pro, flash, lite) = (
            "gemini-2.5-pro",
            "gemini-2.5-flash",
            "gemini-2.5-flash-lite",
        );
        let cases = [
            (
                effort(Effort::Low),
                flash,
                r#"{"thinkingBudget":1024,"includeThoughts":true}"#,
            ),
            (
                effort(Effort::High),
                pro,
                r#"{"thinkingBudget":4096,"includeThoughts":true}"#,
            ),
            (
                effort(Effort::Maximal),
                lite,
                r#"{"thinkingBudget":16384,"includeThoughts":true}"#,
            ),
            (
                Reasoning::Budget(10),
                lite,
                r#"{"thinkingBudget":512,"includeThoughts":true}"#,
            ),
            (
                Reasoning::Budget(99_999),
                pro,
                r#"{"thinkingBudget":32768,"includeThoughts":true}"#,
            ),
            (Reasoning::Off, flash, r#"{"thinkingBudget":0}"#),
            (Reasoning::Off, pro, r#"{"thinkingBudget":128}"#),
            (
                effort(Effort::Minimal),
                "gemini-3-flash",
                r#"{"thinkingLevel":"minimal","includeThoughts":true}"#,
            ),
            (
                effort(Effort::Minimal),
                "gemini-3-pro",
                r#"{"thinkingLevel":"low","includeThoughts":true}"#,
            ),
            (
                effort(Effort::Medium),
                "gemini-3.1-pro",
                r#"{"thinkingLevel":"medium","includeThoughts":true}"#,
            ),
            (
                effort(Effort::Maximal),
                "gemini-3-pro",
                r#"{"thinkingLevel":"high","includeThoughts":true}"#,
            ),
            (
                Reasoning::Budget(2000),
                "gemini-3-pro",
                r#"{"thinkingLevel":"medium","includeThoughts":true}"#,
            ),
            (
                Reasoning::Off,
                "gemini-3-flash",
                r#"{"thinkingLevel":"minimal"}"#,
            ),
            (Reasoning::Off, "gemini-2.0-flash", "-"),
        ];
        for (reasoning, model, want) in cases {
            assert_eq!(
                told(reasoning, model),
                (want.into(), true),
                "{reasoning:?} {model}"
            );
        }
        assert_eq!(
            told(effort(Effort::High), "gemini-2.0-flash"),
            ("-".into(), false)
        );
    }

    #[test]
    fn gm_15_a_seed_beyond_32_bits_is_dropped_and_reported() {
        let mut loss = Loss::default();
        let request = Request {
            seed: Some(1 << 40),
            ..Request::default()
        };
        assert_eq!(sampling(&request, &mut loss).seed, None);
        assert_eq!(loss.members(), ["seed"]);
    }
}
