//! Requests, answers and streams of callers that speak another dialect than OpenAI's, in any state:
//! nothing panics, what is sent on is JSON, and where a stream is cut makes no difference.

use std::collections::VecDeque;

use bytes::Bytes;
use tollgate_dialect::anthropic::Anthropic;
use tollgate_dialect::bedrock::Bedrock;
use tollgate_dialect::codec::{Address, Inbound, Outbound, Tap, Target};
use tollgate_dialect::cohere::Cohere;
use tollgate_dialect::gemini::Gemini;
use tollgate_dialect::ir::Event;
use tollgate_dialect::ollama::{Ollama, OllamaGenerate};
use tollgate_dialect::openai_completions::OpenaiCompletions;
use tollgate_dialect::openai_responses::OpenaiResponses;
use tollgate_model::catalogue::Quirks;
use tollgate_model::{Nanos, Usage};

use crate::dice::throw;
use crate::seeds::{
    ANTHROPIC, ANTHROPIC_REQUESTS, BEDROCK, BEDROCK_REQUESTS, COHERE, COHERE_REQUESTS, COMPLETIONS,
    COMPLETIONS_REQUESTS, GEMINI, GEMINI_REQUESTS, GENERATE_REQUESTS, OLLAMA, OLLAMA_REQUESTS,
    RESPONSES, RESPONSES_REQUESTS,
};
use crate::{PROVIDERS, REPLY, assert_safe, grammar, is_json, write};

fn requests(codec: &dyn Inbound, seeds: &[&str]) {
    let address = Address {
        model: Some("m"),
        stream: Some(true),
    };
    throw(seeds, |body, dice| {
        let Ok(head) = codec.head(body, &address) else {
            return;
        };
        let target = Target {
            model: "up\"stream",
            quirks: Quirks::default(),
            max_output: None,
            tier: None,
        };
        let limit = (dice.below(2) == 0).then_some(7);
        if let Ok(edits) = head.edits(&target, limit) {
            let sent = edits.apply(body);
            assert!(is_json(&sent), "{}", String::from_utf8_lossy(&sent));
        }
        let Ok(request) = codec.decode_request(body, &head) else {
            return;
        };
        for dialect in PROVIDERS {
            write(&request, dialect);
        }
    });
}

fn tapped(codec: &dyn Inbound, pieces: &[&[u8]]) -> (Box<dyn Tap + Send>, Vec<u8>) {
    let mut cost = |_: &Usage| Nanos::new(1);
    let (mut tap, mut out) = (codec.tap(true), VecDeque::new());
    for piece in pieces {
        tap.push(Bytes::copy_from_slice(piece), &mut cost, &mut out);
    }
    tap.finish(&mut cost, &mut out);
    (tap, out.into_iter().flatten().collect())
}

fn streams<Both: Inbound + Outbound>(codec: &Both, seeds: &[&str]) {
    throw(seeds, |bytes, dice| {
        let (whole, out) = tapped(codec, &[bytes]);
        let (cut, cut_out) = tapped(codec, &dice.cut(bytes));
        assert_eq!(
            String::from_utf8_lossy(&out),
            String::from_utf8_lossy(&cut_out)
        );
        let state = |tap: &dyn Tap| {
            let flags = (tap.done(), tap.finished(), tap.events());
            (tap.usage(), flags, tap.failed().cloned())
        };
        assert_eq!(state(&*whole), state(&*cut));
        assert!(
            bytes.starts_with(out.trim_ascii_end()),
            "no byte is changed"
        );
        if let Some(error) = codec.leading_error(bytes) {
            assert_safe(&error);
        }
    });
}

fn answers(caller: &dyn Inbound, provider: &dyn Outbound, seeds: &[&str]) {
    throw(seeds, |bytes, _| {
        if let Ok(response) = provider.decode_response(bytes) {
            let mut out = Vec::new();
            caller.encode_response(&response, &REPLY, &mut out);
            assert!(is_json(&out), "{}", String::from_utf8_lossy(&out));
        }
        let mut encoder = caller.stream_encoder(&REPLY);
        let mut out = Vec::new();
        let events = grammar::read(provider, std::iter::once(bytes));
        for event in &events {
            encoder.event(event, None, &mut out);
        }
        let again = grammar::read(provider, std::iter::once(out.as_slice()));
        assert_eq!(grammar::check(&again), Ok(()), "{again:?}");
        let ended = |events: &[Event]| events.last() == Some(&Event::End);
        assert_eq!(ended(&events), ended(&again));
    });
}

#[test]
fn requests_are_refused_or_can_be_written_for_every_provider() {
    requests(&Anthropic, &ANTHROPIC_REQUESTS);
    requests(&Gemini, &GEMINI_REQUESTS);
    requests(&Cohere, &COHERE_REQUESTS);
    requests(&Ollama, &OLLAMA_REQUESTS);
    requests(&OllamaGenerate, &GENERATE_REQUESTS);
    requests(&OpenaiCompletions, &COMPLETIONS_REQUESTS);
    requests(&OpenaiResponses, &RESPONSES_REQUESTS);
    requests(&Bedrock, &BEDROCK_REQUESTS);
}

#[test]
fn streams_pass_the_same_however_cut() {
    streams(&Anthropic, &ANTHROPIC);
    streams(&Gemini, &GEMINI);
    streams(&Cohere, &COHERE);
    streams(&Ollama, &OLLAMA);
    streams(&OllamaGenerate, &OLLAMA);
    streams(&OpenaiResponses, &RESPONSES);
}

#[test]
fn answers_can_be_written_for_callers_of_the_dialect() {
    answers(&Anthropic, &Anthropic, &ANTHROPIC);
    answers(&Gemini, &Gemini, &GEMINI);
    answers(&Cohere, &Cohere, &COHERE);
    answers(&Ollama, &Ollama, &OLLAMA);
    answers(&OllamaGenerate, &OllamaGenerate, &OLLAMA);
    answers(&OpenaiCompletions, &OpenaiCompletions, &COMPLETIONS);
    answers(&OpenaiResponses, &OpenaiResponses, &RESPONSES);
    answers(&Bedrock, &Bedrock, &BEDROCK);
}
