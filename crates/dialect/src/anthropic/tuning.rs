//! How much to think, how to sample, and how both constrain each other.
//!
//! Thinking excludes other wishes. What decides is what the caller would miss most: a tool that
//! must be called is called, and not thought about; where both fit, thinking is done, and sampling
//! is left as the model has it.

use serde::Deserialize;

use super::abilities::{self, Abilities, Sampling};
use super::wire::{Mode, Thinking};
use crate::codec::Loss;
use crate::ir::{Content, Effort, Reasoning, Request, Role, ToolChoice};
use crate::ladder;

/// The fewest tokens of a thinking budget.
const LEAST_BUDGET: u64 = 1024;

/// What was decided.
pub(crate) struct Tuning<'a> {
    pub(crate) thinking: Option<Thinking<'a>>,
    pub(crate) effort: Option<&'static str>,
    pub(crate) temperature: Option<f64>,
    pub(crate) top_p: Option<f64>,
    pub(crate) top_k: Option<u64>,
}

/// Decides for one request. `max_tokens` is what the answer may have, thoughts included; it is
/// never raised, since money was set aside by it.
pub(crate) fn decide<'a>(
    request: &'a Request,
    abilities: Abilities,
    max_tokens: u64,
    loss: &mut Loss,
) -> Tuning<'a> {
    let (thinking, effort) = match (request.reasoning, ladder::rest(request, "thinking")) {
        (None, Some(given)) if is_on(given.get()) => {
            let fits = !forces_tool(request);
            if !fits {
                loss.dropped("thinking");
            }
            (fits.then_some(Thinking::Given(given)), None)
        }
        // Without the member there is no thinking, and newer models refuse to be told so.
        (None, _) => (None, None),
        (Some(reasoning), given) => {
            if given.is_some() {
                loss.dropped("thinking");
            }
            let (mode, effort) = asked(request, reasoning, abilities, max_tokens);
            if mode.is_none() && effort.is_none() && wants(reasoning) {
                loss.dropped("reasoning_effort");
            }
            (mode.map(Thinking::Made), effort)
        }
    };
    let mut tuning = Tuning {
        thinking,
        effort,
        temperature: None,
        top_p: None,
        top_k: None,
    };
    tuning.sample(request, abilities.sampling, loss);
    tuning
}

/// Whether a `thinking` as the caller wrote it turns thinking on.
fn is_on(given: &str) -> bool {
    #[derive(Deserialize)]
    struct Probe<'a> {
        #[serde(rename = "type", borrow)]
        kind: std::borrow::Cow<'a, str>,
    }
    serde_json::from_str::<Probe<'_>>(given).map_or(true, |probe| probe.kind != "disabled")
}

fn wants(reasoning: Reasoning) -> bool {
    !matches!(
        reasoning,
        Reasoning::Off | Reasoning::Effort(Effort::Minimal)
    )
}

fn asked(
    request: &Request,
    reasoning: Reasoning,
    abilities: Abilities,
    max_tokens: u64,
) -> (Option<Mode>, Option<&'static str>) {
    if !wants(reasoning) {
        return (None, None);
    }
    match abilities.thinking {
        abilities::Thinking::Never => (None, None),
        abilities::Thinking::Effort => {
            let mode = (!forces_tool(request)).then_some(Mode::Adaptive);
            (mode, Some(effort_word(reasoning)))
        }
        abilities::Thinking::Budget => {
            let fits = !forces_tool(request) && !answer_is_begun(request);
            let budget = budget(reasoning, max_tokens).filter(|_| fits);
            (
                budget.map(|budget_tokens| Mode::Enabled { budget_tokens }),
                None,
            )
        }
    }
}

/// The tokens to think with: at least 1024, less than the whole answer, and of a budget that we
/// choose at most half of it, so that words remain. `None` where that does not fit.
fn budget(reasoning: Reasoning, max_tokens: u64) -> Option<u64> {
    let (wanted, most) = match reasoning {
        Reasoning::Budget(tokens) => (tokens, max_tokens.saturating_sub(1)),
        Reasoning::Effort(effort) => {
            let wanted = match effort {
                Effort::Minimal | Effort::Low => 1024,
                Effort::Medium => 2048,
                Effort::High => 4096,
                Effort::Maximal => 16_384,
            };
            (wanted, (max_tokens / 2).max(LEAST_BUDGET))
        }
        Reasoning::Off => return None,
    };
    (max_tokens > LEAST_BUDGET).then(|| wanted.clamp(LEAST_BUDGET, most.max(LEAST_BUDGET)))
}

fn effort_word(reasoning: Reasoning) -> &'static str {
    let effort = match reasoning {
        Reasoning::Effort(effort) => effort,
        Reasoning::Budget(0..=1024) => Effort::Low,
        Reasoning::Budget(1025..=8192) => Effort::Medium,
        Reasoning::Budget(_) => Effort::High,
        Reasoning::Off => Effort::Minimal,
    };
    match effort {
        Effort::Minimal | Effort::Low => "low",
        Effort::Medium => "medium",
        Effort::High => "high",
        Effort::Maximal => "max",
    }
}

fn forces_tool(request: &Request) -> bool {
    let forced = matches!(
        request.tool_choice,
        Some(ToolChoice::Required | ToolChoice::Named(_))
    );
    forced && !request.tools.is_empty()
}

/// Whether the last turn of the model, which must then begin with its thoughts, has none that can
/// be sent: it waits for the results of its tools, or is to be continued.
fn answer_is_begun(request: &Request) -> bool {
    let last = request
        .turns
        .iter()
        .rposition(|turn| turn.role == Role::Assistant);
    let Some(at) = last else { return false };
    let blocks = request
        .turns
        .get(at)
        .map(|turn| turn.blocks.as_slice())
        .unwrap_or_default();
    let thought = blocks.first().is_some_and(|first| {
        matches!(
            first.content,
            Content::Thinking {
                signature: Some(_),
                ..
            } | Content::RedactedThinking(_)
        )
    });
    let calls = blocks
        .iter()
        .any(|block| matches!(block.content, Content::ToolUse { .. }));
    !thought && (calls || at + 1 == request.turns.len())
}

impl Tuning<'_> {
    fn sample(&mut self, request: &Request, sampling: Sampling, loss: &mut Loss) {
        let thinks = self.thinking.is_some();
        let fixed = sampling == Sampling::Fixed;
        self.temperature = request.temperature;
        if let Some(temperature) = self.temperature {
            // Anthropic counts from 0 to 1; 1 is what holds anyway.
            let is_default = temperature == 1.0;
            if (fixed || thinks) && !is_default {
                loss.dropped("temperature");
            }
            if fixed || thinks {
                self.temperature = None;
            } else if temperature > 1.0 {
                loss.dropped("temperature");
                self.temperature = Some(1.0);
            }
        }
        self.top_p = request.top_p;
        if let Some(top_p) = self.top_p {
            let refused = fixed
                || (thinks && top_p < 0.95)
                || (sampling == Sampling::One && request.temperature.is_some());
            if refused {
                self.top_p = None;
                if top_p != 1.0 {
                    loss.dropped("top_p");
                }
            }
        }
        self.top_k = request.top_k.filter(|_| !fixed && !thinks);
        if request.top_k.is_some() && self.top_k.is_none() {
            loss.dropped("top_k");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::{Block, Raw, Tool, Turn};

    const BUDGET: &str = "claude-sonnet-4-20250514";
    const EFFORT: &str = "claude-opus-4-6";

    fn tuned(request: &Request, model: &str, max_tokens: u64) -> (String, String) {
        let mut loss = Loss::default();
        let tuning = decide(request, abilities::of(model), max_tokens, &mut loss);
        let thinking = match tuning.thinking {
            Some(thinking) => serde_json::to_string(&thinking).unwrap(),
            None => "-".to_owned(),
        };
        let mut told = vec![thinking];
        told.extend(tuning.effort.map(|effort| format!("effort {effort}")));
        told.extend(
            tuning
                .temperature
                .map(|value| format!("temperature {value}")),
        );
        told.extend(tuning.top_p.map(|value| format!("top_p {value}")));
        told.extend(tuning.top_k.map(|value| format!("top_k {value}")));
        (told.join(", "), loss.into_members().join(", "))
    }

    fn reasons(reasoning: Reasoning) -> Request {
        Request {
            reasoning: Some(reasoning),
            ..Request::default()
        }
    }

    #[test]
    fn oa_23_effort_becomes_a_budget_that_fits_or_a_word() {
        let effort = Reasoning::Effort;
        let cases = [
            (Reasoning::Off, BUDGET, 8000, "-", ""),
            (effort(Effort::Minimal), BUDGET, 8000, "-", ""),
            (
                effort(Effort::Low),
                BUDGET,
                8000,
                r#"{"type":"enabled","budget_tokens":1024}"#,
                "",
            ),
            (
                effort(Effort::Medium),
                BUDGET,
                8000,
                r#"{"type":"enabled","budget_tokens":2048}"#,
                "",
            ),
            (
                effort(Effort::High),
                BUDGET,
                6000,
                r#"{"type":"enabled","budget_tokens":3000}"#,
                "",
            ),
            (
                effort(Effort::High),
                BUDGET,
                1500,
                r#"{"type":"enabled","budget_tokens":1024}"#,
                "",
            ),
            (effort(Effort::High), BUDGET, 1024, "-", "reasoning_effort"),
            (
                Reasoning::Budget(1),
                BUDGET,
                8000,
                r#"{"type":"enabled","budget_tokens":1024}"#,
                "",
            ),
            (
                Reasoning::Budget(9999),
                BUDGET,
                5000,
                r#"{"type":"enabled","budget_tokens":4999}"#,
                "",
            ),
            (
                effort(Effort::High),
                "claude-3-5-haiku-20241022",
                8000,
                "-",
                "reasoning_effort",
            ),
            (
                effort(Effort::High),
                EFFORT,
                1000,
                r#"{"type":"adaptive"}, effort high"#,
                "",
            ),
            (
                effort(Effort::Maximal),
                EFFORT,
                1000,
                r#"{"type":"adaptive"}, effort max"#,
                "",
            ),
            (
                Reasoning::Budget(4000),
                EFFORT,
                9000,
                r#"{"type":"adaptive"}, effort medium"#,
                "",
            ),
            (effort(Effort::Minimal), EFFORT, 9000, "-", ""),
        ];
        for (reasoning, model, max_tokens, want, lost) in cases {
            let got = tuned(&reasons(reasoning), model, max_tokens);
            assert_eq!(
                got,
                (want.into(), lost.into()),
                "{reasoning:?} {model} {max_tokens}"
            );
        }
    }

    #[test]
    fn oa_17_temperature_above_one_is_clamped_and_reported() {
        let request = Request {
            temperature: Some(1.7),
            ..Request::default()
        };
        let got = tuned(&request, BUDGET, 100);
        assert_eq!(got, ("-, temperature 1".into(), "temperature".into()));
    }

    #[test]
    fn oa_17_what_newer_models_do_not_take_of_sampling_is_dropped_and_reported() {
        let request = Request {
            temperature: Some(0.5),
            top_p: Some(0.9),
            top_k: Some(40),
            ..Request::default()
        };
        let cases = [
            (BUDGET, "-, temperature 0.5, top_p 0.9, top_k 40", ""),
            (EFFORT, "-, temperature 0.5, top_k 40", "top_p"),
            ("claude-opus-4-7", "-", "temperature, top_p, top_k"),
        ];
        for (model, want, lost) in cases {
            assert_eq!(
                tuned(&request, model, 100),
                (want.into(), lost.into()),
                "{model}"
            );
        }
        let default = Request {
            temperature: Some(1.0),
            top_p: Some(1.0),
            ..Request::default()
        };
        assert_eq!(
            tuned(&default, "claude-opus-4-7", 100),
            ("-".into(), String::new())
        );
    }

    #[test]
    fn oa_24_thinking_leaves_sampling_alone() {
        let request = Request {
            temperature: Some(0.2),
            top_p: Some(0.5),
            top_k: Some(3),
            ..reasons(Reasoning::Effort(Effort::Low))
        };
        let (got, lost) = tuned(&request, BUDGET, 8000);
        assert_eq!(got, r#"{"type":"enabled","budget_tokens":1024}"#);
        assert_eq!(lost, "temperature, top_p, top_k");
        let gentle = Request {
            temperature: Some(1.0),
            top_p: Some(0.97),
            ..reasons(Reasoning::Effort(Effort::Low))
        };
        let (got, lost) = tuned(&gentle, "glm-4.6", 8000);
        assert_eq!(
            got,
            r#"{"type":"enabled","budget_tokens":1024}, top_p 0.97"#
        );
        assert_eq!(lost, "");
    }

    #[test]
    fn oa_24_a_tool_that_must_be_called_goes_before_thinking() {
        let tool = Tool {
            name: "t".into(),
            description: None,
            parameters: None,
            strict: None,
            cache: None,
        };
        let request = Request {
            tools: vec![tool],
            tool_choice: Some(ToolChoice::Required),
            ..reasons(Reasoning::Effort(Effort::High))
        };
        assert_eq!(
            tuned(&request, BUDGET, 9000),
            ("-".into(), "reasoning_effort".into())
        );
        assert_eq!(
            tuned(&request, EFFORT, 9000),
            ("-, effort high".into(), String::new())
        );
    }

    #[test]
    fn oa_24_an_answer_begun_without_thoughts_is_ended_without_them() {
        let call = Content::ToolUse {
            id: "a".into(),
            name: "t".into(),
            input: serde_json::from_str("{}").unwrap(),
            signature: None,
        };
        let thought = Content::Thinking {
            text: "hm".into(),
            signature: Some("s".into()),
        };
        let turn = |role, contents: Vec<Content>| Turn {
            place: String::new(),
            role,
            blocks: contents.into_iter().map(Block::from).collect(),
        };
        let result = || Content::ToolResult {
            id: "a".into(),
            content: Vec::new(),
            failed: false,
        };
        for (blocks, want) in [
            (vec![call.clone()], "-"),
            (
                vec![thought, call],
                r#"{"type":"enabled","budget_tokens":1024}"#,
            ),
        ] {
            let request = Request {
                turns: vec![
                    turn(Role::Assistant, blocks),
                    turn(Role::User, vec![result()]),
                ],
                ..reasons(Reasoning::Effort(Effort::Low))
            };
            assert_eq!(tuned(&request, BUDGET, 9000).0, want);
        }
    }

    #[test]
    fn thinking_as_anthropic_writes_it_is_carried_as_it_came() {
        let with = |text: &str| {
            let value: Raw = serde_json::from_str(text).unwrap();
            Request {
                rest: vec![("thinking".into(), value)],
                ..Request::default()
            }
        };
        let given = r#"{"type":"enabled","budget_tokens":5000,"display":"omitted"}"#;
        assert_eq!(tuned(&with(given), BUDGET, 9000).0, given);
        assert_eq!(tuned(&with(r#"{"type":"disabled"}"#), BUDGET, 9000).0, "-");
        let both = Request {
            reasoning: Some(Reasoning::Off),
            ..with(given)
        };
        assert_eq!(tuned(&both, BUDGET, 9000), ("-".into(), "thinking".into()));
    }
}
