//! What a model takes in, gives and can do.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! words {
    (
        $(#[$one_doc:meta])* $one:ident,
        $(#[$set_doc:meta])* $set:ident:
        $($name:ident = $word:literal, $doc:literal;)*
    ) => {
        $(#[$one_doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[derive(Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $one { $(#[doc = $doc] $name,)* }

        impl $one {
            /// All of them, in the order in which they are listed.
            pub const ALL: [$one; [$($word),*].len()] = [$($one::$name),*];

            /// The word as it stands in configuration and answers.
            pub const fn as_str(self) -> &'static str {
                match self { $($one::$name => $word,)* }
            }
        }

        impl fmt::Display for $one {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        $(#[$set_doc])*
        #[derive(Clone, Copy, Default, PartialEq, Eq)]
        pub struct $set(u32);

        impl $set {
            /// None of them: nothing is known.
            pub const UNKNOWN: $set = $set(0);

            /// Whether nothing is known.
            pub const fn is_unknown(&self) -> bool {
                self.0 == 0
            }

            /// Whether this one is known to be among them.
            pub const fn has(self, one: $one) -> bool {
                self.0 & (1 << one as u32) != 0
            }

            /// Whether this one is among them, or may be since nothing is known.
            pub const fn may_have(self, one: $one) -> bool {
                self.is_unknown() || self.has(one)
            }

            /// These and one more.
            #[must_use]
            pub const fn with(self, one: $one) -> $set {
                $set(self.0 | (1 << one as u32))
            }

            /// Those that are in it, in the order in which they are listed.
            pub fn iter(self) -> impl Iterator<Item = $one> {
                $one::ALL.into_iter().filter(move |one| self.has(*one))
            }
        }

        impl FromIterator<$one> for $set {
            fn from_iter<I: IntoIterator<Item = $one>>(all: I) -> $set {
                all.into_iter().fold($set::UNKNOWN, $set::with)
            }
        }

        impl fmt::Debug for $set {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_set().entries(self.iter()).finish()
            }
        }

        impl Serialize for $set {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_seq(self.iter())
            }
        }

        impl<'de> Deserialize<'de> for $set {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$set, D::Error> {
                Ok(Vec::<$one>::deserialize(deserializer)?.into_iter().collect())
            }
        }

        impl JsonSchema for $set {
            fn schema_name() -> Cow<'static, str> {
                stringify!($set).into()
            }

            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                Vec::<$one>::json_schema(generator)
            }
        }
    };
}

words! {
    /// A kind of content.
    Modality,
    /// Kinds of content that a model takes in or gives.
    Modalities:
    Text = "text", "Text.";
    Image = "image", "Pictures.";
    Audio = "audio", "Sound.";
    Video = "video", "Moving pictures.";
    File = "file", "Documents, such as PDF.";
}

words! {
    /// Something that a model can do: a kind of call that it serves, or what it does in one.
    Ability,
    /// What a model can do.
    Abilities:
    Chat = "chat", "Answers conversations.";
    Completions = "completions", "Continues a text, by the older kind of call.";
    Embeddings = "embeddings", "Turns content into vectors.";
    Rerank = "rerank", "Ranks documents by a query.";
    Moderation = "moderation", "Says whether content is harmful.";
    Images = "images", "Makes pictures.";
    Speech = "speech", "Speaks a text.";
    Transcription = "transcription", "Writes down what is said.";
    Ocr = "ocr", "Reads documents into text.";
    Realtime = "realtime", "Talks over a connection that stays open.";
    Streaming = "streaming", "Gives its answer piece by piece.";
    Vision = "vision", "Looks at pictures in the prompt.";
    Tools = "tools", "Calls tools.";
    ParallelTools = "parallel_tools", "Calls several tools at once.";
    JsonSchema = "json_schema", "Answers in JSON by a schema.";
    Reasoning = "reasoning", "Thinks before it answers.";
    PromptCaching = "prompt_caching", "Reads parts of prompts from a cache, at a price of their own.";
    WebSearch = "web_search", "Searches the web.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_written_as_its_words_in_their_order() {
        let set: Abilities = serde_json::from_str(r#"["tools","chat","tools"]"#).unwrap();
        assert_eq!(serde_json::to_string(&set).unwrap(), r#"["chat","tools"]"#);
        assert!(set.has(Ability::Tools) && !set.has(Ability::Vision));
        assert!(serde_json::from_str::<Abilities>(r#"["flying"]"#).is_err());
    }

    #[test]
    fn a_set_that_nobody_knows_may_have_anything() {
        assert!(Abilities::UNKNOWN.may_have(Ability::Vision));
        let known = Abilities::UNKNOWN.with(Ability::Chat);
        assert!(known.may_have(Ability::Chat) && !known.may_have(Ability::Vision));
    }
}
