//! Whether an event makes a model read what is not in the event: a picture counts more tokens than it
//! has bytes, a stored prompt and the tools of an MCP server come from elsewhere.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

/// The types of parts and tools that bring more than their own bytes.
const MORE: [&str; 4] = ["input_image", "image", "mcp", "item_reference"];
/// The member that names a stored prompt.
const PROMPT: &str = "prompt";
/// The types of objects that have a member of that name which is plain text.
const TRANSCRIPTION: [&str; 2] = ["transcription", "input_audio_transcription"];

/// Whether the text of a JSON value does; true as well where it cannot be read.
pub(super) fn reads_more(text: &[u8]) -> bool {
    let mut found = false;
    let mut json = serde_json::Deserializer::from_slice(text);
    let walk = Walk {
        found: &mut found,
        is: Is::Other,
    };
    walk.deserialize(&mut json).is_err() || found
}

/// What the value is whose turn it is.
#[derive(Clone, Copy)]
enum Is {
    Type,
    Prompt,
    Transcription,
    Other,
}

/// Looks at every member, also of those that stand twice.
struct Walk<'a> {
    found: &'a mut bool,
    is: Is,
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        *self.found |= matches!(self.is, Is::Prompt);
        while let Some(key) = map.next_key::<String>()? {
            let is = match key.as_str() {
                "type" => Is::Type,
                // The prompt of a transcription is a text that another model reads.
                PROMPT if !matches!(self.is, Is::Transcription) => Is::Prompt,
                key if TRANSCRIPTION.contains(&key) => Is::Transcription,
                _ => Is::Other,
            };
            map.next_value_seed(Walk {
                found: self.found,
                is,
            })?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        loop {
            let walk = Walk {
                found: &mut *self.found,
                is: Is::Other,
            };
            if seq.next_element_seed(walk)?.is_none() {
                return Ok(());
            }
        }
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        *self.found |= matches!(self.is, Is::Type) && MORE.contains(&text);
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_stored_prompts_and_foreign_tools_are_seen_however_they_are_spelt() {
        for more in [
            r#"{"item":{"content":[{"type":"input_image","image_url":"data:,"}]}}"#,
            r#"{"type":"x","t":[{"type":"input_\u0069mage"}]}"#,
            r#"{"a":{"type":"mcp","type":"function"}}"#,
            r#"{"session":{"prompt":{"id":"pmpt_1"}}}"#,
            r#"{"response":{"input":[{"type":"item_reference","id":"i"}]}}"#,
            "[",
        ] {
            assert!(reads_more(more.as_bytes()), "{more}");
        }
        for plain in [
            r#"{"item":{"content":[{"type":"input_text","text":"input_image mcp"}]}}"#,
            r#"{"session":{"prompt":null,"audio":{"input":{"transcription":{"prompt":"names"}}}}}"#,
            r#"{"tools":[{"type":"function","name":"mcp"}],"n":1.5,"b":true,"m":-1}"#,
        ] {
            assert!(!reads_more(plain.as_bytes()), "{plain}");
        }
    }
}
