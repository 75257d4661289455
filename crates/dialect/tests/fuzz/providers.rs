//! Answers and streams of providers that speak other dialects: the events keep their grammar
//! whatever comes, and both readers of a whole answer see the same usage.

use tollgate_dialect::anthropic::Anthropic;
use tollgate_dialect::bedrock::Bedrock;
use tollgate_dialect::codec::{Outbound, Seen};
use tollgate_dialect::cohere::Cohere;
use tollgate_dialect::gemini::Gemini;
use tollgate_dialect::ollama::{Ollama, OllamaGenerate};
use tollgate_dialect::openai_completions::OpenaiCompletions;
use tollgate_dialect::openai_responses::OpenaiResponses;

use crate::dice::throw;
use crate::seeds::{ANTHROPIC, BEDROCK, COHERE, COMPLETIONS, GEMINI, OLLAMA, RESPONSES};
use crate::{assert_safe, grammar};

fn fuzz(codec: &dyn Outbound, seeds: &[&str]) {
    throw(seeds, |bytes, dice| {
        let events = grammar::read(codec, std::iter::once(bytes));
        assert_eq!(grammar::check(&events), Ok(()), "{events:?}");
        let cut = grammar::read(codec, dice.cut(bytes).into_iter());
        assert_eq!(events, cut);
        let (decoded, seen) = (codec.decode_response(bytes), codec.look(bytes));
        if let (Ok(answer), Ok(seen)) = (decoded, seen) {
            let usage = Some(answer.usage).filter(|usage| !usage.is_empty());
            assert_eq!(seen, Seen::Answer(usage));
        }
        assert_safe(&codec.decode_error(500, bytes));
        let names = codec.decode_models(bytes).unwrap_or_default();
        assert!(names.iter().all(|name| !name.is_empty()), "{names:?}");
    });
}

#[test]
fn anthropic_answers_in_any_state_are_read() {
    fuzz(&Anthropic, &ANTHROPIC);
}

#[test]
fn gemini_answers_in_any_state_are_read() {
    fuzz(&Gemini, &GEMINI);
}

#[test]
fn cohere_answers_in_any_state_are_read() {
    fuzz(&Cohere, &COHERE);
}

#[test]
fn ollamas_answers_in_any_state_are_read() {
    fuzz(&Ollama, &OLLAMA);
    fuzz(&OllamaGenerate, &OLLAMA);
}

#[test]
fn completions_in_any_state_are_read() {
    fuzz(&OpenaiCompletions, &COMPLETIONS);
}

#[test]
fn responses_in_any_state_are_read() {
    fuzz(&OpenaiResponses, &RESPONSES);
}

/// Streams of Bedrock are no text; those of its own tests are changed at random there.
#[test]
fn bedrock_answers_in_any_state_are_read() {
    fuzz(&Bedrock, &BEDROCK);
}
