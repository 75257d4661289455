//! Random changes to texts, the same for the same seed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// Numbers that look random (xorshift64).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % limit.max(1)
    }

    /// A text cut into pieces at random places.
    pub(crate) fn cut<'a>(&mut self, text: &'a [u8]) -> Vec<&'a [u8]> {
        let most = [1, 3, 40, 1000][self.below(4)];
        let mut pieces = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (piece, after) = rest.split_at((1 + self.below(most)).min(rest.len()));
            pieces.push(piece);
            rest = after;
        }
        pieces
    }
}

/// Pieces of text that matter to a parser of JSON, of events, or of a dialect.
const WORDS: [&str; 36] = [
    "null",
    "true",
    "{}",
    "[]",
    "\"\"",
    "-1",
    "0.0",
    "1e999",
    "18446744073709551616",
    "\\u0000",
    "\\ud800",
    "\\",
    "\u{0}",
    "\u{feff}",
    "é",
    "{",
    "]",
    ",",
    "\"",
    "\n\n",
    "\r\n",
    "\r",
    "data: ",
    "event: error\n",
    "data: [DONE]\n\n",
    "\"error\":{\"message\":\"no\"},",
    "\"usage\":{\"prompt_tokens\":1,\"cost\":1},",
    "\"choices\":[],",
    "\"finish_reason\":\"stop\",",
    "\"model\":\"x\",",
    "\"max_tokens\":5,",
    "\"stream\":true,",
    "\"stream_options\":{},",
    "\"index\":0,",
    "\"type\":\"error\",",
    "\"finishReason\":\"STOP\",",
];

/// A text with some random changes.
fn change(seed: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..dice.below(6) {
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

fn from_env(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Gives changed texts to a check for `TOLLGATE_FUZZ_SECONDS` (2 where it is not set).
/// `TOLLGATE_FUZZ_SEED` repeats a run.
pub(crate) fn throw(seeds: &[&str], check: impl Fn(&[u8], &mut Dice)) {
    let seconds = from_env("TOLLGATE_FUZZ_SECONDS").unwrap_or(2);
    let seed = from_env("TOLLGATE_FUZZ_SEED")
        .unwrap_or(0x9E37_79B9_7F4A_7C15)
        .max(1);
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut dice = Dice(seed);
    while Instant::now() < end {
        let input = change(seeds[dice.below(seeds.len())].as_bytes(), &mut dice);
        let run = || check(&input, &mut dice);
        if catch_unwind(AssertUnwindSafe(run)).is_err() {
            panic!("seed {seed}, input {:?}", String::from_utf8_lossy(&input));
        }
    }
}
