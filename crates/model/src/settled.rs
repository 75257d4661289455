//! Calls that have ended, on their way from the journal to the store: each as the text of its
//! record, and beside it the little that is asked of it on the way.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use memchr::memmem::Finder;
use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};

use crate::account::AccountId;
use crate::call::{CallRecord, Caller, Ending};
use crate::resource::Kind;
use crate::{CallId, Micros, Nanos, Reason, Usage};

/// Calls to settle together, and how far a node's journal is read once they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettleBatch {
    /// The calls, charged or not, in the order in which each worker ended them.
    pub calls: Vec<SettledCall>,
    /// How far each part of the journal has been applied once this batch is: an opaque name and a
    /// number that replaces the one kept under that name.
    pub cursors: Vec<(String, u64)>,
}

/// A call that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettledCall {
    /// What the ledger and the columns of the store need of it.
    pub summary: CallSummary,
    /// Its [`CallRecord`] as JSON, to the byte as the journal holds it.
    pub json: Box<str>,
}

/// What the ledger and the columns of the store need of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallSummary {
    /// The id.
    pub id: CallId,
    /// When it was accepted.
    pub at: Micros,
    /// Who called; absent before the key was known.
    pub caller: Option<Caller>,
    /// The model as the caller named it.
    pub model: Arc<str>,
    /// The provider of the last attempt; absent where there was none.
    pub provider: Option<Arc<str>>,
    /// The status of the answer.
    pub status: u16,
    /// How it ended.
    pub ending: Ending,
    /// Why it was refused or failed.
    pub refusal: Option<RefusalSummary>,
    /// What it cost.
    pub cost: Nanos,
    /// All tokens of the prompt.
    pub prompt_tokens: u64,
    /// All tokens of the answer.
    pub output_tokens: u64,
    /// Microseconds from the start to the end.
    pub duration: u64,
    /// What was taken from each account.
    pub taken: Vec<(AccountId, Nanos)>,
}

/// What the store keeps in columns of a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusalSummary {
    /// The stable reason.
    pub reason: Reason,
    /// The resource that said no: its kind and its name.
    pub rule: Option<(Kind, Arc<str>)>,
    /// The most that the call could cost and what was available, where it is about money.
    pub short: Option<(Nanos, Nanos)>,
}

impl CallSummary {
    /// Why it was refused or failed.
    pub fn reason(&self) -> Option<Reason> {
        self.refusal.as_ref().map(|refusal| refusal.reason)
    }
}

impl SettledCall {
    /// Writes a record as JSON.
    pub fn of(record: &CallRecord) -> serde_json::Result<SettledCall> {
        CallReader::default().read(&serde_json::to_string(record)?)
    }
}

/// With what the part of a record's JSON begins that a summary does not need. It cannot stand
/// within a text, where a quotation mark has a backslash before it.
const REST: &[u8] = b",\"request_bytes\":";

/// Reads records; better one for many than one for each.
pub struct CallReader {
    rest: Finder<'static>,
    /// The part of the JSON of a record that is parsed.
    part: String,
    words: Words,
}

impl Default for CallReader {
    fn default() -> CallReader {
        CallReader {
            rest: Finder::new(REST),
            part: String::new(),
            words: Words::default(),
        }
    }
}

impl CallReader {
    /// Reads the JSON of a [`CallRecord`]. Fails where what the summary needs is missing or wrong;
    /// the rest is not looked at.
    pub fn read(&mut self, json: &str) -> serde_json::Result<SettledCall> {
        let part = self
            .rest
            .find(json.as_bytes())
            .and_then(|at| json.get(..at));
        let summary = part.and_then(|part| {
            self.part.clear();
            self.part.push_str(part);
            self.part.push('}');
            let excerpt: Excerpt<'_> = serde_json::from_str(&self.part).ok()?;
            Some(excerpt.summary(&mut self.words))
        });
        // A record whose members stand in another order is read whole, and so is one that is
        // wrong, for the sake of what the error says.
        let summary = match summary {
            Some(summary) => summary,
            None => serde_json::from_str::<Excerpt<'_>>(json)?.summary(&mut self.words),
        };
        let json = json.into();
        Ok(SettledCall { summary, json })
    }
}

/// Texts that recur from call to call, such as the names of callers and models: each is kept once
/// and shared, as long as no other one takes its place.
struct Words {
    places: [Option<Arc<str>>; PLACES],
}

const PLACES: usize = 64;

impl Default for Words {
    fn default() -> Words {
        Words {
            places: [const { None }; PLACES],
        }
    }
}

impl Words {
    fn shared(&mut self, text: &str) -> Arc<str> {
        let hash = text.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        });
        let place = &mut self.places[(hash >> 16) as usize % PLACES];
        match place {
            Some(known) if **known == *text => Arc::clone(known),
            _ => Arc::clone(place.insert(text.into())),
        }
    }
}

/// The members of a [`CallRecord`] of which a summary is made. The others are passed over, which is
/// most of what reading a whole record costs.
#[derive(Deserialize)]
struct Excerpt<'a> {
    id: CallId,
    at: Micros,
    #[serde(borrow, default)]
    caller: Option<CallerNames<'a>>,
    #[serde(borrow)]
    model: Cow<'a, str>,
    status: u16,
    ending: Ending,
    #[serde(borrow, default)]
    refusal: Option<RefusalExcerpt<'a>>,
    #[serde(borrow, default, deserialize_with = "last")]
    attempts: Option<AttemptProvider<'a>>,
    usage: Usage,
    cost: Nanos,
    #[serde(borrow, default)]
    charges: Vec<ChargeTaken<'a>>,
    duration: u64,
}

#[derive(Deserialize)]
struct CallerNames<'a> {
    #[serde(borrow)]
    key: Cow<'a, str>,
    #[serde(borrow)]
    application: Cow<'a, str>,
    #[serde(borrow)]
    team: Cow<'a, str>,
}

#[derive(Deserialize)]
struct RefusalExcerpt<'a> {
    reason: Reason,
    #[serde(borrow, default)]
    rule: Option<RuleName<'a>>,
    #[serde(default)]
    shortage: Option<Short>,
}

#[derive(Deserialize)]
struct RuleName<'a> {
    kind: Kind,
    #[serde(borrow)]
    name: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Short {
    needed: Nanos,
    available: Nanos,
}

#[derive(Deserialize)]
struct AttemptProvider<'a> {
    #[serde(borrow)]
    provider: Cow<'a, str>,
}

#[derive(Deserialize)]
struct ChargeTaken<'a> {
    #[serde(borrow)]
    account: Cow<'a, str>,
    taken: Nanos,
}

impl Excerpt<'_> {
    fn summary(self, words: &mut Words) -> CallSummary {
        let caller = self.caller.map(|caller| Caller {
            key: words.shared(&caller.key),
            application: words.shared(&caller.application),
            team: words.shared(&caller.team),
        });
        let provider = self.attempts.map(|attempt| words.shared(&attempt.provider));
        let refusal = self.refusal.map(|refusal| RefusalSummary {
            reason: refusal.reason,
            rule: refusal
                .rule
                .map(|rule| (rule.kind, words.shared(&rule.name))),
            short: refusal.shortage.map(|s| (s.needed, s.available)),
        });
        let taken = self.charges.iter().map(|charge| {
            let account = AccountId::from(words.shared(&charge.account));
            (account, charge.taken)
        });
        CallSummary {
            id: self.id,
            at: self.at,
            caller,
            provider,
            status: self.status,
            ending: self.ending,
            refusal,
            cost: self.cost,
            prompt_tokens: self.usage.prompt_tokens(),
            output_tokens: self.usage.output_tokens(),
            duration: self.duration,
            taken: taken.collect(),
            model: words.shared(&self.model),
        }
    }
}

/// The last element of a list.
fn last<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<AttemptProvider<'de>>, D::Error> {
    struct Last;

    impl<'de> Visitor<'de> for Last {
        type Value = Option<AttemptProvider<'de>>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a sequence")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut last = None;
            while let Some(attempt) = list.next_element()? {
                last = Some(attempt);
            }
            Ok(last)
        }
    }

    deserializer.deserialize_seq(Last)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::UsageClass;
    use crate::reason::Reason;

    fn record(model: &str, providers: &[String], tokens: u64) -> CallRecord {
        let attempts = providers
            .iter()
            .map(|name| json!({ "provider": name, "model": "m", "began": 1, "took": 2 }));
        let json = json!({
            "id": CallId(7), "at": 1_795_507_404_004_171_i64, "revision": 3,
            "dialect": "openai-chat", "path": "/v1/chat/completions",
            "caller": { "key": model, "application": "a\"b", "team": "é" },
            "model": model, "stream": false, "status": 402, "ending": "refused",
            "refusal": {
                "reason": "balance_exhausted", "status": 402, "detail": "\\",
                "rule": { "kind": "Team", "name": "acme", "revision": 4 },
                "shortage": { "scope": "\"", "needed": "0.50", "available": "0.000000001" },
            },
            "attempts": attempts.collect::<Vec<_>>(),
            "usage": { "input": tokens, "cache_read": 1, "reasoning": 4, "requests": 9 },
            "usage_quality": "exact", "cost": "-0.000000024",
            "charges": [
                { "account": "wallet/é", "held": "1.00", "taken": "0.000024" },
                { "account": model, "held": "0.00", "taken": "9223372036.854775807" },
            ],
            "request_bytes": 77, "response_bytes": 269, "timings": [11, 322],
            "first_byte": 2210, "duration": 2309,
        });
        serde_json::from_value(json).unwrap()
    }

    proptest! {
        #[test]
        fn a_summary_says_what_the_record_says(
            model in ".{0,40}",
            providers in proptest::collection::vec(".{0,9}", 0..3),
            tokens: u64,
        ) {
            let record = record(&model, &providers, tokens);
            let json = serde_json::to_string(&record).unwrap();
            let call = SettledCall::of(&record).unwrap();
            // The members in the order of the alphabet.
            let sorted = serde_json::to_value(&record).unwrap().to_string();
            let other = CallReader::default().read(&sorted).unwrap();
            prop_assert_eq!(&call.summary, &other.summary);
            let usage = record.usage;
            let expected = CallSummary {
                id: record.id,
                at: record.at,
                caller: record.caller,
                model: model.as_str().into(),
                provider: record.attempts.last().map(|last| last.provider.clone()),
                status: 402,
                ending: Ending::Refused,
                refusal: Some(RefusalSummary {
                    reason: Reason::BalanceExhausted,
                    rule: Some((Kind::Team, "acme".into())),
                    short: Some((Nanos::new(500_000_000), Nanos::new(1))),
                }),
                cost: record.cost,
                prompt_tokens: usage.get(UsageClass::Input).unwrap().saturating_add(1),
                output_tokens: 4,
                duration: 2309,
                taken: record.charges.into_iter().map(|c| (c.account, c.taken)).collect(),
            };
            prop_assert_eq!(call.summary, expected);
            prop_assert_eq!(&*call.json, json);
        }
    }

    #[test]
    fn a_record_that_lacks_what_a_summary_needs_is_refused() {
        let whole = serde_json::to_value(record("m", &[], 1)).unwrap();
        for member in [
            "id", "at", "model", "status", "ending", "usage", "cost", "duration",
        ] {
            let mut part = whole.clone();
            part.as_object_mut().unwrap().remove(member);
            let read = CallReader::default().read(&part.to_string());
            assert!(read.is_err(), "{member}");
        }
        let mut least = whole;
        for member in ["caller", "refusal", "attempts", "charges"] {
            least.as_object_mut().unwrap().remove(member);
        }
        let read = CallReader::default().read(&least.to_string()).unwrap();
        assert_eq!((read.summary.caller, read.summary.refusal), (None, None));
    }

    #[test]
    fn what_a_summary_needs_stands_before_the_rest_which_is_not_read() {
        let whole = SettledCall::of(&record("m", &["p".to_owned()], 1)).unwrap();
        let at = whole.json.find(",\"request_bytes\":").unwrap();
        let cut = format!("{},\"request_bytes\":…", &whole.json[..at]);
        let read = CallReader::default().read(&cut).unwrap();
        assert_eq!(read.summary, whole.summary);
    }

    #[test]
    fn a_word_is_kept_once_and_every_text_comes_back_as_it_was() {
        let mut words = Words::default();
        assert!(Arc::ptr_eq(&words.shared("team"), &words.shared("team")));
        for number in 0..1_000 {
            let text = format!("word {}", number % 130);
            assert_eq!(&*words.shared(&text), text);
        }
    }
}
