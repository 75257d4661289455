//! The table of what comes through between each dialect of callers and each dialect of providers,
//! as `docs/compatibility.md` shows it. A cell is what the codecs do: nothing in it is written by
//! hand. A feature that the provider is not told of, and of whose loss the caller is not told
//! either, fails the test.
//!
//! `TOLLGATE_BLESS=1` writes the page anew.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod answers;
mod anthropic;
mod bedrock;
mod cohere;
mod described;
mod described_tasks;
mod gemini;
mod ollama;
mod ollama_generate;
mod openai_chat;
mod openai_completions;
mod openai_responses;
mod requests;
mod table;
mod traps;
mod voice;

use voice::Voice;

/// Every dialect, in the order of the page.
const VOICES: [&dyn Voice; 9] = [
    &openai_chat::OpenaiChat,
    &openai_responses::OpenaiResponses,
    &anthropic::Anthropic,
    &gemini::Gemini,
    &bedrock::Bedrock,
    &cohere::Cohere,
    &ollama::Ollama,
    &ollama_generate::OllamaGenerate,
    &openai_completions::OpenaiCompletions,
];

#[test]
fn the_page_says_what_the_codecs_do() {
    let page = table::page(&VOICES);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/compatibility.md");
    if std::env::var_os("TOLLGATE_BLESS").is_some() {
        std::fs::write(path, &page).unwrap();
    }
    let known = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        page == known,
        "docs/compatibility.md is not what the codecs do; write it anew with TOLLGATE_BLESS=1:\n{page}"
    );
}
