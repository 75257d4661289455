//! How much to think, how to sample, and what of it the model refuses together.

use tollgate_model::Refusal;

use super::abilities::{self, Abilities};
use crate::codec::Loss;
use crate::ir::{Effort, Reasoning, Request};
use crate::ladder::unsupported;

/// The most stop texts that the dialect takes.
const STOPS: usize = 4;
/// Every word for how much to think, from the least to the most.
const WORDS: [&str; 6] = ["none", "minimal", "low", "medium", "high", "xhigh"];

/// What was decided.
#[derive(Debug, Default)]
pub(super) struct Tuning<'a> {
    pub(super) effort: Option<&'static str>,
    pub(super) temperature: Option<f64>,
    pub(super) top_p: Option<f64>,
    pub(super) frequency_penalty: Option<f64>,
    pub(super) presence_penalty: Option<f64>,
    pub(super) stop: Vec<&'a str>,
}

/// Decides for one request to the model of this name.
pub(super) fn decide<'a>(
    request: &'a Request,
    model: &str,
    loss: &mut Loss,
) -> Result<Tuning<'a>, Refusal> {
    let abilities = abilities::of(model);
    let effort = effort(request, abilities, loss);
    let thinks = effort.map_or(abilities.thinks, |word| word != "none");
    let fixed = abilities.strict && thinks;
    let mut tuning = Tuning {
        effort,
        ..Tuning::default()
    };
    let wishes = [
        (
            "temperature",
            request.temperature,
            1.0,
            &mut tuning.temperature,
        ),
        ("top_p", request.top_p, 1.0, &mut tuning.top_p),
        (
            "frequency_penalty",
            request.frequency_penalty,
            0.0,
            &mut tuning.frequency_penalty,
        ),
        (
            "presence_penalty",
            request.presence_penalty,
            0.0,
            &mut tuning.presence_penalty,
        ),
    ];
    for (name, wish, default, place) in wishes {
        *place = wish.filter(|_| !fixed);
        if fixed && wish.is_some_and(|wish| wish != default) {
            loss.dropped(name);
        }
    }
    if request.top_k.is_some() {
        loss.dropped("top_k");
    }
    if abilities.strict && !request.stop.is_empty() {
        loss.dropped("stop");
    } else if request.stop.len() > STOPS {
        return Err(unsupported(
            "stop",
            "The provider takes at most 4 stop texts.",
        ));
    } else {
        tuning.stop = request.stop.iter().map(String::as_str).collect();
    }
    Ok(tuning)
}

/// The model's word for how much to think. Where tools exclude thinking, the tools are what the
/// caller would miss more.
fn effort(request: &Request, abilities: Abilities, loss: &mut Loss) -> Option<&'static str> {
    let wish = request.reasoning;
    let (word, is_met) = if abilities.tools_or_thoughts && !request.tools.is_empty() {
        // A model that thinks unless it is told not to must be told.
        let word = abilities.thinks.then_some("none");
        (word, matches!(wish, None | Some(Reasoning::Off)))
    } else {
        let word = wish.and_then(|wish| nearest(wish, abilities.efforts));
        let never = abilities.efforts.is_empty() && wish == Some(Reasoning::Off);
        (word, wish.is_none() || word.is_some() || never)
    };
    if !is_met {
        loss.dropped("reasoning_effort");
    }
    word
}

/// The nearest of these words; of two the one for more. Not to think is nearest to the least.
pub(crate) fn nearest(wish: Reasoning, efforts: &[&'static str]) -> Option<&'static str> {
    let rank = |word: &str| WORDS.iter().position(|known| *known == word);
    let wanted = match wish {
        Reasoning::Off => {
            let least = ["none", "minimal"];
            return efforts.iter().copied().find(|word| least.contains(word));
        }
        Reasoning::Effort(Effort::Minimal) => "minimal",
        Reasoning::Effort(Effort::Low) | Reasoning::Budget(0..=1024) => "low",
        Reasoning::Effort(Effort::Medium) | Reasoning::Budget(1025..=8192) => "medium",
        Reasoning::Effort(Effort::High) | Reasoning::Budget(_) => "high",
        Reasoning::Effort(Effort::Maximal) => "xhigh",
    };
    let wanted = rank(wanted)?;
    let words = efforts.iter().copied().rev();
    words
        .filter(|word| *word != "none")
        .min_by_key(|word| rank(word).map_or(usize::MAX, |at| at.abs_diff(wanted)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::Tool;

    /// What is sent of the tuning, and what is dropped.
    fn tuned(request: &Request, model: &str) -> (String, String) {
        let mut loss = Loss::default();
        let tuning = decide(request, model, &mut loss).unwrap();
        let mut sent: Vec<String> = tuning.effort.map(str::to_owned).into_iter().collect();
        sent.extend(
            tuning
                .temperature
                .map(|value| format!("temperature {value}")),
        );
        sent.extend(tuning.top_p.map(|value| format!("top_p {value}")));
        sent.extend(tuning.stop.iter().map(|text| format!("stop {text}")));
        (sent.join(", "), loss.into_members().join(", "))
    }

    fn reasons(reasoning: Reasoning) -> Request {
        Request {
            reasoning: Some(reasoning),
            ..Request::default()
        }
    }

    #[test]
    fn ai_15_how_much_to_think_is_said_in_the_words_that_the_model_knows() {
        let effort = Reasoning::Effort;
        let cases = [
            (Reasoning::Budget(1024), "gpt-5", "low", ""),
            (Reasoning::Budget(1025), "gpt-5", "medium", ""),
            (Reasoning::Budget(8193), "gpt-5", "high", ""),
            (effort(Effort::Maximal), "gpt-5", "high", ""),
            (effort(Effort::Maximal), "gpt-5.2", "xhigh", ""),
            (effort(Effort::Minimal), "gpt-5", "minimal", ""),
            (effort(Effort::Minimal), "gpt-5.1", "low", ""),
            (Reasoning::Off, "gpt-5", "minimal", ""),
            (Reasoning::Off, "gpt-5.1", "none", ""),
            (Reasoning::Off, "o3", "", "reasoning_effort"),
            (Reasoning::Off, "gpt-4o", "", ""),
            (effort(Effort::High), "gpt-4o", "", "reasoning_effort"),
            (effort(Effort::Maximal), "glm-4.6", "high", ""),
            (Reasoning::Off, "glm-4.6", "", "reasoning_effort"),
        ];
        for (reasoning, model, sent, lost) in cases {
            let got = tuned(&reasons(reasoning), model);
            assert_eq!(got, (sent.into(), lost.into()), "{reasoning:?} {model}");
        }
    }

    #[test]
    fn ai_16_tools_go_before_thinking_where_the_model_takes_only_one() {
        let tool = Tool {
            name: "t".into(),
            description: None,
            parameters: None,
            strict: None,
            cache: None,
        };
        let with = |reasoning| Request {
            tools: vec![tool.clone()],
            reasoning,
            ..Request::default()
        };
        let high = Some(Reasoning::Effort(Effort::High));
        let cases = [
            (high, "gpt-5.1", "high", ""),
            (high, "gpt-5.4", "", "reasoning_effort"),
            (high, "gpt-5.6-sol", "none", "reasoning_effort"),
            (None, "gpt-5.4", "", ""),
            (None, "gpt-5.6-sol", "none", ""),
            (Some(Reasoning::Off), "gpt-5.6-sol", "none", ""),
        ];
        for (reasoning, model, sent, lost) in cases {
            let got = tuned(&with(reasoning), model);
            assert_eq!(got, (sent.into(), lost.into()), "{reasoning:?} {model}");
        }
    }

    #[test]
    fn ai_11_and_12_a_model_that_thinks_is_not_told_how_to_sample_or_where_to_stop() {
        let request = Request {
            temperature: Some(0.5),
            top_p: Some(1.0),
            top_k: Some(40),
            stop: vec!["x".into()],
            ..Request::default()
        };
        let cases = [
            ("gpt-4o", "temperature 0.5, top_p 1, stop x", "top_k"),
            ("glm-4.6", "temperature 0.5, top_p 1, stop x", "top_k"),
            ("o3", "", "temperature, top_k, stop"),
            ("gpt-5.1", "temperature 0.5, top_p 1", "top_k, stop"),
        ];
        for (model, sent, lost) in cases {
            assert_eq!(
                tuned(&request, model),
                (sent.into(), lost.into()),
                "{model}"
            );
        }
    }

    #[test]
    fn ai_11_more_stop_texts_than_the_dialect_takes_are_refused() {
        let request = Request {
            stop: vec!["x".into(); 5],
            ..Request::default()
        };
        let refusal = decide(&request, "gpt-4o", &mut Loss::default()).unwrap_err();
        assert_eq!(refusal.param.as_deref(), Some("stop"));
    }
}
