//! How much to think and how to sample, within what Cohere takes.

use super::abilities;
use super::wire::Thinking;
use crate::codec::Loss;
use crate::ir::{Effort, Reasoning, Request};

/// The bounds of nucleus sampling.
const P: (f64, f64) = (0.01, 0.99);
/// The largest `k`.
const MOST_K: u64 = 500;

/// What was decided.
pub(super) struct Tuning {
    pub(super) temperature: Option<f64>,
    pub(super) p: Option<f64>,
    pub(super) k: Option<u64>,
    pub(super) seed: Option<u64>,
    pub(super) frequency_penalty: Option<f64>,
    pub(super) presence_penalty: Option<f64>,
    pub(super) thinking: Option<Thinking>,
}

/// Decides for one request to the model of this name. What is out of Cohere's bounds is moved to the
/// nearest that is within, and reported.
pub(super) fn decide(request: &Request, model: &str, loss: &mut Loss) -> Tuning {
    let mut within = |name: &str, wish: Option<f64>, (least, most): (f64, f64)| {
        let taken = wish?.clamp(least, most);
        // All of the nucleus is what its upper bound comes to.
        let is_met = wish == Some(taken) || (name == "top_p" && wish == Some(1.0));
        if !is_met {
            loss.dropped(name);
        }
        Some(taken)
    };
    let temperature = within("temperature", request.temperature, (0.0, f64::MAX));
    let p = within("top_p", request.top_p, P);
    let penalties = [
        ("frequency_penalty", request.frequency_penalty),
        ("presence_penalty", request.presence_penalty),
    ]
    .map(|(name, wish)| within(name, wish, (0.0, 1.0)));
    let k = request.top_k.map(|k| k.min(MOST_K));
    if k != request.top_k {
        loss.dropped("top_k");
    }
    let seed = request.seed.and_then(|seed| u64::try_from(seed).ok());
    if seed.is_none() && request.seed.is_some() {
        loss.dropped("seed");
    }
    Tuning {
        temperature,
        p,
        k,
        seed,
        frequency_penalty: penalties[0],
        presence_penalty: penalties[1],
        thinking: thinking(request.reasoning, model, loss),
    }
}

/// Whether and how much to think: a word for much or for all there is sets no bound.
fn thinking(wish: Option<Reasoning>, model: &str, loss: &mut Loss) -> Option<Thinking> {
    let wish = wish?;
    if !abilities::thinks(model) {
        if wish != Reasoning::Off {
            loss.dropped("reasoning_effort");
        }
        return None;
    }
    let token_budget = match wish {
        Reasoning::Off => return Some(Thinking::Disabled),
        Reasoning::Budget(tokens) => Some(tokens),
        Reasoning::Effort(Effort::Minimal | Effort::Low) => Some(1024),
        Reasoning::Effort(Effort::Medium) => Some(8192),
        Reasoning::Effort(Effort::High | Effort::Maximal) => None,
    };
    Some(Thinking::Enabled { token_budget })
}
