//! What a model of another provider needs to know its thoughts again, sealed into the one thing that
//! every client of a dialect sends back as it came: at Gemini the signature of a call of a tool, in
//! OpenAI's responses the encrypted content of an item of reasoning.
//!
//! The seal also marks the thoughts as none of the dialect's own, so that its provider is not shown
//! a signature that it never gave.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::ir::Content;

/// How every seal begins before it is written in base64: a multiple of three bytes, so that it always
/// begins with [`MARK`].
const BEGINS: &[u8] = b"tollgate/";
/// How every seal begins.
pub(crate) const MARK: &str = "dG9sbGdhdGUv";

/// A thought with what the provider needs to know it again.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Thought {
    /// Text and signature.
    Signed(String, String),
    /// What only the provider can read.
    Redacted(String),
}

/// Seals thoughts, which may be none.
pub(crate) fn seal(thoughts: &[Thought]) -> String {
    let json = serde_json::to_vec(thoughts).unwrap_or_default();
    STANDARD.encode([BEGINS, &json].concat())
}

/// The thoughts in a seal; `None` where the signature is none of ours.
pub(crate) fn open(signature: &str) -> Option<Vec<Content>> {
    if !signature.starts_with(MARK) {
        return None;
    }
    let bytes = STANDARD.decode(standard(signature)).ok()?;
    let thoughts: Vec<Thought> = serde_json::from_slice(bytes.strip_prefix(BEGINS)?).ok()?;
    let contents = thoughts.into_iter().map(|thought| match thought {
        Thought::Signed(text, signature) => Content::Thinking {
            text,
            signature: Some(signature),
        },
        Thought::Redacted(data) => Content::RedactedThinking(data),
    });
    Some(contents.collect())
}

/// How the signature begins that stands for an item of reasoning of OpenAI's.
const ITEM: &str = "openai-item:";

/// An item of reasoning of OpenAI's as the signature of a thought: its id, and its encrypted content.
/// Other providers know by its beginning that it is none of theirs.
pub(crate) fn item(id: &str, encrypted: &str) -> String {
    format!("{ITEM}{id}:{encrypted}")
}

/// The id and encrypted content of an item of reasoning; `None` where the signature is another
/// provider's.
pub(crate) fn open_item(signature: &str) -> Option<(&str, &str)> {
    signature.strip_prefix(ITEM)?.split_once(':')
}

/// Base64 in the standard alphabet, with padding: some clients write the other one (RFC 4648,
/// section 5) or leave the padding out, which other providers do not take.
pub(crate) fn standard(base64: &str) -> String {
    let mut out = base64
        .trim_end_matches('=')
        .replace('-', "+")
        .replace('_', "/");
    let missing = (4 - out.len() % 4) % 4;
    out.extend(std::iter::repeat_n('=', missing));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_survives_the_other_alphabet_of_base64() {
        let thoughts = [
            Thought::Signed("hm… ÿ?>".into(), "S+/=".into()),
            Thought::Redacted("ZW5j".into()),
        ];
        let sealed = seal(&thoughts);
        assert!(
            sealed.starts_with(MARK) && sealed.contains(['+', '/']),
            "{sealed}"
        );
        let other = sealed.replace('+', "-").replace('/', "_");
        for text in [sealed.as_str(), &other, other.trim_end_matches('=')] {
            let opened = open(text).unwrap();
            assert!(
                matches!(&opened[0], Content::Thinking { text, signature: Some(signed) }
                if text == "hm… ÿ?>" && signed == "S+/=")
            );
            assert!(matches!(&opened[1], Content::RedactedThinking(data) if data == "ZW5j"));
        }
        assert!(open(&seal(&[])).unwrap().is_empty());
    }

    #[test]
    fn a_signature_of_somebody_else_is_no_seal() {
        for text in ["", "CiQB", MARK, "dG9sbGdhdGUve30=", "dG9sbGdhdGUv!!"] {
            assert!(open(text).is_none(), "{text}");
        }
    }
}
