//! The simulated transaction: who buys what from whom, and what is noted of it.
//!
//! A team of the doctor's, with two applications and a key each, buys from the sandbox provider
//! through the gateway's own listener. Its wallet, its calls and its ledger entries are as real as
//! anybody's; in the end the money has gone back, and the team is deleted.

use tollgate_model::{Dialect, Nanos, Reason};

use crate::known::{Known, Unknown};

/// The team that buys, and the application that pays from its wallet. Whoever shows calls or
/// refusals to an operator may leave it out.
pub const BUYER: &str = "tollgate-doctor";
/// The application of that team above which stands a budget that nothing fits into.
pub const LIMITED: &str = "tollgate-doctor-limited";
/// The model that is bought: it answers inside the process.
pub const MODEL: &str = "sandbox/echo";
/// What the wallet is credited with: enough for a small call, and not for a long answer.
pub const CREDIT: Nanos = Nanos::new(500_000);
/// The limit of the budget that nothing fits into.
pub const LIMIT: Nanos = Nanos::new(1);
/// How many calls are made at once for the money of a few.
pub const CROWD: usize = 24;

/// A request for a small answer, as the clients of a dialect send it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The dialect.
    pub dialect: Dialect,
    /// The path.
    pub path: String,
    /// The body.
    pub body: String,
}

/// The dialects by which callers come.
const DIALECTS: [Dialect; 9] = [
    Dialect::OpenaiChat,
    Dialect::OpenaiResponses,
    Dialect::AnthropicMessages,
    Dialect::Gemini,
    Dialect::OpenaiCompletions,
    Dialect::Cohere,
    Dialect::Ollama,
    Dialect::OllamaGenerate,
    Dialect::BedrockConverse,
];

/// What is asked, in words.
const WORDS: &str = "The doctor asks for an echo.";

/// A small order in every dialect.
pub fn orders() -> impl Iterator<Item = Order> {
    DIALECTS.into_iter().map(|dialect| order(dialect, 16))
}

/// An order in a dialect with an answer of at most so many tokens.
pub fn order(dialect: Dialect, tokens: u32) -> Order {
    let turn = format!(r#""messages":[{{"role":"user","content":"{WORDS}"}}]"#);
    let named = format!(r#""model":"{MODEL}""#);
    let (path, body) = match dialect {
        Dialect::OpenaiChat => (
            "/v1/chat/completions".to_owned(),
            format!(r#"{{{named},"max_tokens":{tokens},{turn}}}"#),
        ),
        Dialect::OpenaiResponses => (
            "/v1/responses".to_owned(),
            format!(r#"{{{named},"max_output_tokens":{tokens},"store":false,"input":"{WORDS}"}}"#),
        ),
        Dialect::AnthropicMessages => (
            "/v1/messages".to_owned(),
            format!(r#"{{{named},"max_tokens":{tokens},{turn}}}"#),
        ),
        Dialect::Gemini => (
            format!("/v1beta/models/{MODEL}:generateContent"),
            format!(
                r#"{{"contents":[{{"role":"user","parts":[{{"text":"{WORDS}"}}]}}],"generationConfig":{{"maxOutputTokens":{tokens}}}}}"#
            ),
        ),
        Dialect::OpenaiCompletions => (
            "/v1/completions".to_owned(),
            format!(r#"{{{named},"max_tokens":{tokens},"prompt":"{WORDS}"}}"#),
        ),
        Dialect::Cohere => (
            "/v2/chat".to_owned(),
            format!(r#"{{{named},"max_tokens":{tokens},"stream":false,{turn}}}"#),
        ),
        Dialect::Ollama => (
            "/api/chat".to_owned(),
            format!(r#"{{{named},"stream":false,"options":{{"num_predict":{tokens}}},{turn}}}"#),
        ),
        Dialect::OllamaGenerate => (
            "/api/generate".to_owned(),
            format!(
                r#"{{{named},"stream":false,"options":{{"num_predict":{tokens}}},"prompt":"{WORDS}"}}"#
            ),
        ),
        Dialect::BedrockConverse => (
            format!("/model/{}/converse", MODEL.replace('/', "%2F")),
            format!(
                r#"{{"messages":[{{"role":"user","content":[{{"text":"{WORDS}"}}]}}],"inferenceConfig":{{"maxTokens":{tokens}}}}}"#
            ),
        ),
    };
    Order {
        dialect,
        path,
        body,
    }
}

/// How the gateway answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The dialect in which it was asked.
    pub dialect: Dialect,
    /// The status.
    pub status: u16,
    /// The reason, by the header `x-tollgate-reason`.
    pub reason: Option<Reason>,
    /// Whether the body names that reason too.
    pub body_agrees: bool,
    /// Whether no cache may keep it (`cache-control: no-store`).
    pub uncached: bool,
    /// The cost, by the header `x-tollgate-cost-usd`.
    pub cost: Option<Nanos>,
    /// The call's id.
    pub call: Option<String>,
}

/// A call that was paid for.
#[derive(Clone, Debug)]
pub struct Paid {
    /// The answer.
    pub answer: Answer,
    /// What the price says that its usage costs; absent where the answer has no usage.
    pub expected: Option<Nanos>,
    /// What was in the wallet before.
    pub before: Nanos,
    /// And after.
    pub after: Nanos,
}

/// Calls that were made at once.
#[derive(Clone, Debug)]
pub struct Crowd {
    /// The answers.
    pub answers: Vec<Answer>,
    /// What was in the wallet before.
    pub before: Nanos,
    /// And after.
    pub after: Nanos,
}

/// What the books said around it.
#[derive(Clone, Debug)]
pub struct Books {
    /// Faults that `ledger verify` had found before.
    pub before: Vec<String>,
    /// Faults that it found after.
    pub after: Vec<String>,
    /// What is left in the wallet.
    pub left: Nanos,
    /// What is still leased of it.
    pub leased: Nanos,
}

/// Something that took a while, in microseconds.
#[derive(Clone, Debug)]
pub struct Timed<T> {
    /// How long.
    pub took: u64,
    /// What came of it.
    pub value: T,
}

/// What was noted of the transaction, part by part.
#[derive(Clone, Debug)]
pub struct Sale {
    /// Whether it could be made; the inner error says what broke it off.
    pub made: Known<Result<(), String>>,
    /// Calls without a key, in every dialect.
    pub keyless: Known<Timed<Vec<Answer>>>,
    /// Calls with an empty wallet, in every dialect.
    pub empty: Known<Timed<Vec<Answer>>>,
    /// A call that was paid for.
    pub paid: Known<Timed<Paid>>,
    /// A call that could cost more than there is.
    pub dear: Known<Timed<Vec<Answer>>>,
    /// A call above which stands a budget that it does not fit into.
    pub limited: Known<Timed<Vec<Answer>>>,
    /// Calls that were made at once, for the money of a few.
    pub crowd: Known<Timed<Crowd>>,
    /// The books.
    pub books: Known<Timed<Books>>,
    /// What of the team is still there.
    pub left_over: Known<Timed<Vec<String>>>,
}

/// The checks of the parts.
pub(crate) const KEYLESS: &str = "no_key_is_401";
pub(crate) const EMPTY: &str = "empty_wallet_is_402";
pub(crate) const PAID: &str = "paid_call_is_answered";
pub(crate) const DEAR: &str = "too_dear_is_402";
pub(crate) const LIMITED_ID: &str = "budget_is_kept";
pub(crate) const CROWDED: &str = "nothing_is_spent_twice";
pub(crate) const BOOKS: &str = "ledger_adds_up";
pub(crate) const LEFT_OVER: &str = "nothing_is_left_over";

impl Sale {
    /// A sale that was not made, and why.
    pub fn not_made(why: &Unknown) -> Sale {
        Sale {
            made: Err(why.clone()),
            keyless: Err(why.clone()),
            empty: Err(why.clone()),
            paid: Err(why.clone()),
            dear: Err(why.clone()),
            limited: Err(why.clone()),
            crowd: Err(why.clone()),
            books: Err(why.clone()),
            left_over: Err(why.clone()),
        }
    }

    /// How long the part took that a check is about.
    pub(crate) fn took(&self, check: &str) -> Option<u64> {
        fn of<T>(part: &Known<Timed<T>>) -> Option<u64> {
            part.as_ref().ok().map(|timed| timed.took)
        }
        match check {
            KEYLESS => of(&self.keyless),
            EMPTY => of(&self.empty),
            PAID => of(&self.paid),
            DEAR => of(&self.dear),
            LIMITED_ID => of(&self.limited),
            CROWDED => of(&self.crowd),
            BOOKS => of(&self.books),
            LEFT_OVER => of(&self.left_over),
            _ => None,
        }
    }
}
