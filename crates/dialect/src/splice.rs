//! Edits of a text by position. What no edit names stays as it is, byte for byte.

use bytes::Bytes;

use crate::scan::Span;

/// A set of edits of one text, none of which overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Splice {
    /// In the order of their places; edits of one place in the order in which they were made.
    edits: Vec<(Span, Vec<u8>)>,
}

impl Splice {
    /// Replaces the bytes of a span. An edit that overlaps an earlier one is left out: the first
    /// stands.
    pub fn replace(&mut self, span: Span, text: impl Into<Vec<u8>>) {
        let order = |span: &Span| (span.start, span.end);
        let place = self
            .edits
            .partition_point(|(other, _)| order(other) <= order(&span));
        let before = place.checked_sub(1).and_then(|index| self.edits.get(index));
        let after = self.edits.get(place);
        let free = before.is_none_or(|(other, _)| other.end <= span.start)
            && after.is_none_or(|(other, _)| span.end <= other.start);
        debug_assert!(free && span.start <= span.end, "edits overlap at {span:?}");
        if free && span.start <= span.end {
            self.edits.insert(place, (span, text.into()));
        }
    }

    /// Puts bytes in at a place.
    pub fn insert(&mut self, at: usize, text: impl Into<Vec<u8>>) {
        self.replace(Span { start: at, end: at }, text);
    }

    /// Whether nothing is to be changed.
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// The text with the edits made. Edits beyond its end are left out.
    pub fn apply(&self, body: &[u8]) -> Vec<u8> {
        let added: usize = self.edits.iter().map(|(_, text)| text.len()).sum();
        let removed: usize = self
            .edits
            .iter()
            .map(|(span, _)| span.end - span.start)
            .sum();
        // Exactly what is needed, so that the result is handed on without being moved.
        let mut out = Vec::with_capacity((body.len() + added).saturating_sub(removed));
        let mut kept = 0;
        for (span, text) in &self.edits {
            let Some(between) = body
                .get(kept..span.start)
                .filter(|_| span.end <= body.len())
            else {
                break;
            };
            out.extend_from_slice(between);
            out.extend_from_slice(text);
            kept = span.end;
        }
        out.extend_from_slice(body.get(kept..).unwrap_or_default());
        out
    }

    /// The text with the edits made, in pieces, none of which is empty: those that stay are slices of
    /// what is given, so that a large text is not copied. Edits beyond its end are left out.
    pub fn pieces(&self, body: &Bytes) -> Vec<Bytes> {
        let mut out = Vec::with_capacity(2 * self.edits.len() + 1);
        let mut kept = 0;
        for (span, text) in &self.edits {
            if span.end > body.len() {
                break;
            }
            out.push(body.slice(kept..span.start));
            out.push(Bytes::copy_from_slice(text));
            kept = span.end;
        }
        out.push(body.slice(kept..));
        out.retain(|piece| !piece.is_empty());
        out
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    use super::*;
    use crate::scan::scan;

    fn span(start: usize, end: usize) -> Span {
        Span { start, end }
    }

    #[test]
    fn edits_are_made_in_the_order_of_their_places() {
        let mut splice = Splice::default();
        splice.replace(span(4, 6), "-");
        splice.insert(0, "<");
        splice.insert(6, ">");
        splice.insert(4, "|");
        splice.replace(span(1, 2), "");
        assert_eq!(splice.apply(b"abcdefg"), b"<acd|->g");
    }

    #[test]
    fn a_splice_of_nothing_changes_nothing() {
        assert!(Splice::default().is_empty());
        assert_eq!(Splice::default().apply(b"abc"), b"abc");
    }

    #[test]
    fn an_edit_beyond_the_text_is_left_out() {
        let mut splice = Splice::default();
        splice.replace(span(1, 9), "x");
        assert_eq!(splice.apply(b"abc"), b"abc");
    }

    proptest! {
        #[test]
        fn the_result_is_what_an_edited_value_would_be(
            texts in prop::collection::btree_map("[a-z]{1,6}", "[ -~é]{0,12}", 0..6),
            model in proptest::option::of("[ -~]{0,8}"),
            space in "[ \n]{0,2}",
        ) {
            let mut value: Map<String, Value> =
                texts.into_iter().map(|(key, text)| (key, Value::String(text))).collect();
            value.remove("model");
            value.remove("added");
            if let Some(model) = model {
                value.insert("model".into(), json!(model));
            }
            let body = format!("{space}{}{space}", Value::Object(value.clone()));
            let object = scan(body.as_bytes(), ["model"]).unwrap();
            let mut splice = Splice::default();
            splice.insert(object.place.at, object.place.member("added", "true"));
            if let Some(old) = object.values[0] {
                splice.replace(old, "\"new\"");
                value.insert("model".into(), json!("new"));
            }
            value.insert("added".into(), json!(true));
            let edited = splice.apply(body.as_bytes());
            prop_assert_eq!(
                serde_json::from_slice::<Value>(&edited).unwrap(),
                Value::Object(value)
            );
            prop_assert!(edited.starts_with(&body.as_bytes()[..object.place.at]));
            if object.values[0].is_none() {
                prop_assert!(edited.ends_with(&body.as_bytes()[object.place.at..]));
            }
        }

        #[test]
        fn bytes_that_no_edit_names_stay(
            body in prop::collection::vec(any::<u8>(), 0..60),
            cuts in prop::collection::btree_set(0usize..60, 0..8),
        ) {
            let cuts: Vec<usize> = cuts.into_iter().collect();
            let mut splice = Splice::default();
            let mut expected = Vec::new();
            let mut kept = 0;
            for pair in cuts.chunks_exact(2) {
                if pair[1] > body.len() {
                    break;
                }
                splice.replace(span(pair[0], pair[1]), "##");
                expected.extend_from_slice(&body[kept..pair[0]]);
                expected.extend_from_slice(b"##");
                kept = pair[1];
            }
            expected.extend_from_slice(&body[kept..]);
            prop_assert_eq!(splice.apply(&body), &expected[..]);
            let body = Bytes::from(body);
            let pieces = splice.pieces(&body);
            prop_assert!(pieces.iter().all(|piece| !piece.is_empty()));
            prop_assert_eq!(pieces.concat(), expected);
        }
    }
}
