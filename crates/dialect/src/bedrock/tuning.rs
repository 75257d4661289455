//! How much to think and how to sample: what the dialect has, and what each vendor's models take
//! besides.

use super::family::Family;
use super::wire::{Effort, Extra, Inference, NovaInference, ReasoningConfig};
use crate::anthropic::abilities::Abilities;
use crate::anthropic::tuning;
use crate::codec::Loss;
use crate::ir::{self, Reasoning, Request};

/// The most tokens of an answer where thinking needs a limit and nobody names one.
const LAST_RESORT: u64 = 4096;

/// What was decided.
pub(super) struct Tuning<'a> {
    pub(super) inference: Inference<'a>,
    pub(super) extra: Extra<'a>,
}

/// Decides for one request; `max_output` is the most tokens of an answer, where it is known.
pub(super) fn decide<'a>(
    request: &'a Request,
    family: Family,
    max_output: Option<u64>,
    loss: &mut Loss,
) -> Tuning<'a> {
    let mut tuned = match family {
        Family::Claude(abilities) => claude(request, abilities, max_output, loss),
        Family::Nova { thinks } => nova(request, thinks, loss),
        Family::Openai => openai(request, loss),
        Family::Other | Family::Untold => other(request, loss),
    };
    if let Some(temperature) = tuned.inference.temperature.as_mut()
        && *temperature > 1.0
    {
        *temperature = 1.0;
        loss.dropped("temperature");
    }
    let texts = request.stop.iter().map(String::as_str);
    tuned.inference.stop_sequences = texts.filter(|text| !text.trim().is_empty()).collect();
    tuned
}

fn claude<'a>(
    request: &'a Request,
    abilities: Abilities,
    max_output: Option<u64>,
    loss: &mut Loss,
) -> Tuning<'a> {
    let most = request.max_tokens.or(max_output).unwrap_or(LAST_RESORT);
    let tuned = tuning::decide(request, abilities, most, loss);
    let needs_limit = tuned.thinking.is_some().then_some(most);
    Tuning {
        inference: Inference {
            max_tokens: request.max_tokens.or(needs_limit),
            temperature: tuned.temperature,
            top_p: tuned.top_p,
            ..Inference::default()
        },
        extra: Extra {
            thinking: tuned.thinking,
            output_config: tuned.effort.map(|effort| Effort { effort }),
            top_k: tuned.top_k,
            ..Extra::default()
        },
    }
}

fn nova<'a>(request: &Request, thinks: bool, loss: &mut Loss) -> Tuning<'a> {
    let mut tuned = plain(request);
    tuned.extra.inference_config = request.top_k.map(|top_k| NovaInference { top_k });
    let Some(wanted) = wanted(request) else {
        return tuned;
    };
    if !thinks {
        loss.dropped("reasoning_effort");
        return tuned;
    }
    let inference = &tuned.inference;
    let bounded = inference.max_tokens.is_some()
        || inference.temperature.is_some()
        || inference.top_p.is_some();
    // With the greatest effort, Nova takes no limit and no sampling.
    let effort = match wanted {
        "high" if bounded => {
            loss.dropped("reasoning_effort");
            "medium"
        }
        word => word,
    };
    tuned.extra.reasoning_config = Some(ReasoningConfig {
        kind: "enabled",
        max_reasoning_effort: effort,
    });
    tuned
}

fn openai<'a>(request: &Request, loss: &mut Loss) -> Tuning<'a> {
    let mut tuned = plain(request);
    tuned.extra.reasoning_effort = wanted(request);
    if request.top_k.is_some() {
        loss.dropped("top_k");
    }
    tuned
}

fn other<'a>(request: &Request, loss: &mut Loss) -> Tuning<'a> {
    if wanted(request).is_some() {
        loss.dropped("reasoning_effort");
    }
    if request.top_k.is_some() {
        loss.dropped("top_k");
    }
    plain(request)
}

/// What every model takes.
fn plain<'a>(request: &Request) -> Tuning<'a> {
    Tuning {
        inference: Inference {
            max_tokens: request.max_tokens,
            temperature: request.temperature,
            top_p: request.top_p,
            ..Inference::default()
        },
        extra: Extra::default(),
    }
}

/// The word for how much is to be thought; `None` where it is not to be thought, or not said.
fn wanted(request: &Request) -> Option<&'static str> {
    match request.reasoning? {
        Reasoning::Off | Reasoning::Effort(ir::Effort::Minimal) => None,
        Reasoning::Effort(ir::Effort::Low) | Reasoning::Budget(0..=1024) => Some("low"),
        Reasoning::Effort(ir::Effort::Medium) | Reasoning::Budget(1025..=8192) => Some("medium"),
        Reasoning::Effort(ir::Effort::High | ir::Effort::Maximal) | Reasoning::Budget(_) => {
            Some("high")
        }
    }
}
