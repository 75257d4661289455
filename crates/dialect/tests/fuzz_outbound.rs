//! Random changes to answers and streams of providers, and random cuts: nothing may panic, and the
//! events keep their grammar whatever comes. Runs for `TOLLGATE_FUZZ_SECONDS` (2 where it is not
//! set) for each codec; `TOLLGATE_FUZZ_SEED` repeats a run.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "outbound/grammar.rs"]
mod grammar;

use std::time::{Duration, Instant};

use tollgate_dialect::anthropic::Anthropic;
use tollgate_dialect::codec::Outbound;
use tollgate_dialect::gemini::Gemini;

const ANTHROPIC: [&str; 3] = [
    concat!(
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",",
        "\"model\":\"c\",\"usage\":{\"input_tokens\":9,\"cache_creation\":",
        "{\"ephemeral_1h_input_tokens\":2},\"output_tokens\":1}}}\n\n",
        "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,",
        "\"content_block\":{\"type\":\"thinking\",\"thinking\":\"\"}}\n\n",
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,",
        "\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"hm\"}}\n\n",
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,",
        "\"delta\":{\"type\":\"signature_delta\",\"signature\":\"s\"}}\n\n",
        "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n",
        "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":1,",
        "\"content_block\":{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"f\",\"input\":{}}}\n\n",
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":1,",
        "\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"a\\\":1}\"}}\n\n",
        "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":1}\n\n",
        "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":",
        "{\"stop_reason\":\"tool_use\"},\"usage\":{\"output_tokens\":9}}\n\n",
        "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
    ),
    concat!(
        "{\"id\":\"m\",\"type\":\"message\",\"content\":[{\"type\":\"text\",\"text\":\"hi\"},",
        "{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"f\",\"input\":{\"a\":1.0}}],",
        "\"stop_reason\":\"tool_use\",\"usage\":{\"input_tokens\":9,\"output_tokens\":2}}",
    ),
    "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"x\",\"message\":\"no\"}}\n\n",
];

const GEMINI: [&str; 3] = [
    concat!(
        "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"hm\",\"thought\":true},",
        "{\"text\":\"hi\"}],\"role\":\"model\"},\"index\":0}],\"usageMetadata\":",
        "{\"promptTokenCount\":8,\"totalTokenCount\":9},\"responseId\":\"r\"}\r\n\r\n",
        "data: {\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":{\"name\":\"f\",",
        "\"args\":{\"a\":1}},\"thoughtSignature\":\"s\"}]},\"finishReason\":\"STOP\"}],",
        "\"usageMetadata\":{\"promptTokenCount\":8,\"cachedContentTokenCount\":3,",
        "\"candidatesTokenCount\":4,\"thoughtsTokenCount\":5}}\r\n\r\n",
    ),
    "{\"promptFeedback\":{\"blockReason\":\"SAFETY\"},\"usageMetadata\":{\"promptTokenCount\":1}}",
    concat!(
        "[{\"error\":{\"code\":429,\"message\":\"no\",\"status\":\"RESOURCE_EXHAUSTED\",",
        "\"details\":[{\"@type\":\"x/google.rpc.RetryInfo\",\"retryDelay\":\"1.5s\"}]}}]",
    ),
];

/// Numbers that look random (xorshift64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % limit.max(1)
    }
}

fn from_env(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Pieces of text that matter in these dialects.
const WORDS: [&str; 16] = [
    "null",
    "{}",
    "[]",
    "\"\"",
    "-1",
    "1e999",
    "18446744073709551616",
    "true",
    "\n\n",
    "data: ",
    "event: error\n",
    "\"type\":\"error\"",
    "\"index\":0,",
    "\"finishReason\":\"STOP\"",
    "\u{0}",
    "{",
];

fn change(seed: &str, dice: &mut Dice) -> Vec<u8> {
    let mut bytes = seed.as_bytes().to_vec();
    for _ in 0..dice.below(5) {
        let at = dice.below(bytes.len() + 1);
        let end = (at + dice.below(30)).min(bytes.len());
        match dice.below(5) {
            0 => drop(bytes.drain(at..end)),
            1 => {
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
            2 => {
                let word = WORDS[dice.below(WORDS.len())].bytes();
                bytes.splice(at..end.min(at + dice.below(8)), word);
            }
            3 if at < bytes.len() => bytes[at] = u8::try_from(dice.below(256)).unwrap(),
            _ => bytes.truncate(at.max(bytes.len() / 2)),
        }
    }
    bytes
}

fn fuzz(codec: &dyn Outbound, seeds: &[&str]) {
    let seconds = from_env("TOLLGATE_FUZZ_SECONDS").unwrap_or(2);
    let seed = from_env("TOLLGATE_FUZZ_SEED").unwrap_or(0x9E37_79B9_7F4A_7C15);
    let mut dice = Dice(seed.max(1));
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut rounds = 0u64;
    while Instant::now() < end || rounds < 100 {
        rounds += 1;
        let bytes = change(seeds[dice.below(seeds.len())], &mut dice);
        let whole = grammar::read(codec, std::iter::once(bytes.as_slice()));
        let size = 1 + dice.below(40);
        let cut = grammar::read(codec, bytes.chunks(size));
        let shown = String::from_utf8_lossy(&bytes);
        if let Err(fault) = grammar::check(&whole) {
            panic!("seed {seed}, round {rounds}: {fault}\n{shown}");
        }
        assert_eq!(
            whole, cut,
            "seed {seed}, round {rounds}, pieces of {size}:\n{shown}"
        );
        let answer = codec.decode_response(&bytes);
        let usage = codec.usage(&bytes);
        if let (Ok(answer), Some(usage)) = (answer, usage) {
            assert_eq!(answer.usage, usage, "seed {seed}, round {rounds}:\n{shown}");
        }
        let error = codec.decode_error(500, &bytes);
        assert!(
            error.message.chars().count() <= 1000,
            "seed {seed}, round {rounds}:\n{shown}"
        );
        assert!(!error.message.chars().any(char::is_control), "{shown}");
    }
}

#[test]
fn anthropic_answers_in_any_state_are_read() {
    fuzz(&Anthropic, &ANTHROPIC);
}

#[test]
fn gemini_answers_in_any_state_are_read() {
    fuzz(&Gemini, &GEMINI);
}
