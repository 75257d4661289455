//! What a call consumed, by class. The classes are disjoint: their quantities add up, so a cost is
//! the plain sum of quantity × rate.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use crate::ServedIn;

/// What the quantities of a class are part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whole {
    /// The tokens of the prompt.
    Prompt,
    /// The tokens of the answer.
    Answer,
    /// Neither: something that is counted by itself.
    Nothing,
}

macro_rules! classes {
    ($($name:ident = $word:literal, $whole:ident, $doc:literal;)*) => {
        /// A class of consumption that has its own rate.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[derive(Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum UsageClass { $(#[doc = $doc] $name,)* }

        impl UsageClass {
            /// Every class, in the order in which a bill lists them.
            pub const ALL: [UsageClass; [$($word),*].len()] = [$(UsageClass::$name),*];

            /// The word as it stands in records and configuration.
            pub const fn as_str(self) -> &'static str {
                match self { $(UsageClass::$name => $word,)* }
            }

            const fn whole(self) -> Whole {
                match self { $(UsageClass::$name => Whole::$whole,)* }
            }
        }
    };
}

classes! {
    Input = "input", Prompt,
        "Prompt tokens that came from no cache, audio, images and video not counted.";
    CacheRead = "cache_read", Prompt, "Prompt tokens read from a prompt cache.";
    CacheWrite = "cache_write", Prompt, "Prompt tokens written to a cache that lives five minutes.";
    CacheWriteLong = "cache_write_long", Prompt,
        "Prompt tokens written to a cache that lives an hour.";
    InputAudio = "input_audio", Prompt, "Audio tokens in the prompt.";
    CacheReadAudio = "cache_read_audio", Prompt, "Audio tokens read from a prompt cache.";
    InputImage = "input_image", Prompt,
        "Image tokens in the prompt, where a provider prices them apart.";
    CacheReadImage = "cache_read_image", Prompt, "Image tokens read from a prompt cache.";
    InputVideo = "input_video", Prompt, "Video tokens in the prompt.";
    Output = "output", Answer, "Answer tokens that the caller sees.";
    Reasoning = "reasoning", Answer, "Answer tokens spent on thinking.";
    OutputAudio = "output_audio", Answer, "Audio tokens in the answer.";
    OutputImage = "output_image", Answer, "Image tokens in the answer.";
    OutputVideo = "output_video", Answer, "Video tokens in the answer.";
    Requests = "requests", Nothing, "Calls, where each one has a fee.";
    AudioSeconds = "audio_seconds", Nothing,
        "Seconds of audio, heard or spoken, where time is billed and not tokens.";
    Characters = "characters", Nothing, "Characters of text to be spoken.";
    Images = "images", Nothing, "Pictures, where each one has a price.";
    Pages = "pages", Nothing, "Pages of documents that were read, not annotated.";
    AnnotatedPages = "annotated_pages", Nothing, "Pages of documents that were read and annotated.";
    Messages = "messages", Nothing, "Text messages sent into a session of voice.";
    RerankSearches = "rerank_searches", Nothing,
        "Searches by which documents were ranked: one query over up to a hundred of them.";
    WebSearches = "web_searches", Nothing, "Web searches that the provider ran.";
    FileSearches = "file_searches", Nothing, "Searches of stored files that the provider ran.";
    Citations = "citations", Nothing,
        "Tokens of sources that the provider read for the answer, where it bills them apart.";
}

const CLASSES: usize = UsageClass::ALL.len();

impl UsageClass {
    /// Whether the class counts tokens of the prompt, which choose a price's tier.
    pub const fn is_prompt(self) -> bool {
        matches!(self.whole(), Whole::Prompt)
    }

    /// Whether the class counts tokens of the answer.
    pub const fn is_output(self) -> bool {
        matches!(self.whole(), Whole::Answer)
    }

    /// Whether the class is counted by itself, and not as part of the prompt or the answer: calls,
    /// searches, seconds, characters, pictures, pages.
    pub const fn is_apart(self) -> bool {
        matches!(self.whole(), Whole::Nothing)
    }
}

impl fmt::Display for UsageClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a call consumed. A class that was not reported is absent, which is not the same as zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// A bit for each class that was reported.
    known: u32,
    /// Zero for a class that was not.
    amounts: [u64; CLASSES],
    /// The tier of service, by whose prices it counts; `None` where the provider did not tell. It is
    /// no part of the usage as it is written.
    served_in: Option<ServedIn>,
}

const _: () = assert!(CLASSES <= u32::BITS as usize, "each class has a bit");

impl Usage {
    /// Nothing known.
    pub const NONE: Usage = Usage {
        known: 0,
        amounts: [0; CLASSES],
        served_in: None,
    };

    /// The quantity of a class, where it was reported.
    pub fn get(&self, class: UsageClass) -> Option<u64> {
        let known = self.known & (1 << class as u32) != 0;
        known.then_some(self.amounts[class as usize])
    }

    /// Sets the quantity of a class.
    pub fn set(&mut self, class: UsageClass, quantity: u64) {
        self.known |= 1 << class as u32;
        self.amounts[class as usize] = quantity;
    }

    /// This usage with a class set: for building one in an expression.
    #[must_use]
    pub fn with(mut self, class: UsageClass, quantity: u64) -> Usage {
        self.set(class, quantity);
        self
    }

    /// The tier of service in which it was consumed, where the provider told.
    pub fn served_in(&self) -> Option<ServedIn> {
        self.served_in
    }

    /// This usage in a tier of service; as it is where none is told.
    #[must_use]
    pub fn in_tier(mut self, told: Option<ServedIn>) -> Usage {
        self.served_in = told.or(self.served_in);
        self
    }

    /// Takes each class that `later` reports, and its tier of service; a provider's later word
    /// replaces its earlier one.
    pub fn update(&mut self, later: &Usage) {
        self.served_in = later.served_in.or(self.served_in);
        for (class, quantity) in later.iter() {
            self.set(class, quantity);
        }
    }

    /// Adds what another call consumed.
    pub fn add(&mut self, other: &Usage) {
        for (class, quantity) in other.iter() {
            let known = self.get(class).unwrap_or(0);
            self.set(class, known.saturating_add(quantity));
        }
    }

    /// The classes that were reported, in the order of a bill.
    pub fn iter(&self) -> impl Iterator<Item = (UsageClass, u64)> + '_ {
        UsageClass::ALL
            .iter()
            .filter_map(|class| self.get(*class).map(|n| (*class, n)))
    }

    /// The tokens of the prompt that came from a cache, of every kind; `None` where none is told.
    pub fn cached_tokens(&self) -> Option<u64> {
        use UsageClass::{CacheRead, CacheReadAudio, CacheReadImage};
        let told = [CacheRead, CacheReadAudio, CacheReadImage];
        let told = told.into_iter().filter_map(|class| self.get(class));
        told.reduce(u64::saturating_add)
    }

    /// All tokens of the prompt, cached ones included.
    pub fn prompt_tokens(&self) -> u64 {
        self.total(UsageClass::is_prompt)
    }

    /// All tokens of the answer, reasoning included.
    pub fn output_tokens(&self) -> u64 {
        self.total(UsageClass::is_output)
    }

    /// Whether nothing was reported.
    pub fn is_empty(&self) -> bool {
        self.known == 0
    }

    fn total(&self, wanted: impl Fn(UsageClass) -> bool) -> u64 {
        self.iter()
            .filter(|(class, _)| wanted(*class))
            .fold(0, |sum, (_, n)| sum.saturating_add(n))
    }
}

/// What was reported of each class; a class with `None` is absent.
impl FromIterator<(UsageClass, Option<u64>)> for Usage {
    fn from_iter<I: IntoIterator<Item = (UsageClass, Option<u64>)>>(counts: I) -> Usage {
        let mut usage = Usage::NONE;
        for (class, count) in counts {
            if let Some(count) = count {
                usage.set(class, count);
            }
        }
        usage
    }
}

impl Serialize for Usage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Usage {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Usage, D::Error> {
        deserializer.deserialize_map(Classes)
    }
}

struct Classes;

impl<'de> Visitor<'de> for Classes {
    type Value = Usage;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Usage, A::Error> {
        let mut usage = Usage::NONE;
        while let Some((class, quantity)) = map.next_entry()? {
            usage.set(class, quantity);
        }
        Ok(usage)
    }
}

impl JsonSchema for Usage {
    fn schema_name() -> Cow<'static, str> {
        "Usage".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        std::collections::BTreeMap::<UsageClass, u64>::json_schema(generator)
    }
}

/// How well the usage of a call is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UsageQuality {
    /// The call used nothing: it was refused or failed.
    #[default]
    None,
    /// As the provider reported it.
    Exact,
    /// Counted by us, since the provider's count did not arrive.
    Estimated,
}
