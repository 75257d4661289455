//! The tap: what passes is what came, and what it says is metered.

use std::collections::VecDeque;

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::json;
use tollgate_dialect::bedrock::Bedrock;
use tollgate_dialect::codec::{Inbound, Tap};
use tollgate_dialect::event_stream;
use tollgate_model::{Nanos, Usage};

use crate::asked::{stream, talk};

fn tapped<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Box<dyn Tap + Send>, Vec<u8>) {
    let mut tap = Bedrock.tap(true);
    let mut out = VecDeque::new();
    let mut cost = |_: &Usage| Nanos::ZERO;
    for piece in pieces {
        tap.push(Bytes::copy_from_slice(piece), &mut cost, &mut out);
    }
    tap.finish(&mut cost, &mut out);
    assert!(out.iter().all(|piece| !piece.is_empty()));
    (tap, out.into_iter().flatten().collect())
}

fn whole(bytes: &[u8]) -> (Box<dyn Tap + Send>, Vec<u8>) {
    tapped(std::iter::once(bytes))
}

#[test]
fn a_stream_passes_unchanged_and_is_metered() {
    let bytes = talk();
    let (tap, out) = whole(&bytes);
    assert_eq!(out, bytes);
    assert!(tap.done() && tap.finished() && tap.failed().is_none());
    assert_eq!(tap.events(), 5, "a signature holds no token");
    let usage = tap.usage().unwrap();
    assert_eq!((usage.prompt_tokens(), usage.output_tokens()), (15, 4));
}

#[test]
fn an_exception_and_what_follows_it_do_not_pass() {
    let begun = stream(&[("messageStart", json!({"role": "assistant"}))]);
    let mut bytes = begun.clone();
    event_stream::exception(
        "internalServerException",
        br#"{"message":"secret"}"#,
        &mut bytes,
    );
    bytes.extend_from_slice(&talk());
    let (tap, out) = whole(&bytes);
    assert_eq!(out, begun);
    assert_eq!(tap.failed().unwrap().message, "secret");
    assert!(!tap.finished() && !tap.done());
}

#[test]
fn what_is_no_message_does_not_pass_and_is_an_error() {
    let mut bytes = talk();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    let (tap, out) = whole(&bytes);
    assert!(out.len() < bytes.len() && bytes.starts_with(&out));
    assert!(tap.failed().is_some() && tap.finished() && !tap.done());
    let (tap, out) = whole(b"data: {}\n\ndata: {}\n\n");
    assert!(out.is_empty() && tap.failed().is_some());
}

proptest! {
    #[test]
    fn cuts_change_nothing(size in 1usize..300, kept in any::<prop::sample::Index>()) {
        let bytes = talk();
        let bytes = &bytes[..kept.index(bytes.len() + 1)];
        let (one, out) = whole(bytes);
        let (cut, cut_out) = tapped(bytes.chunks(size));
        prop_assert_eq!(&out, &cut_out);
        prop_assert!(bytes.starts_with(&out));
        prop_assert_eq!(one.usage(), cut.usage());
        let state = |tap: &dyn Tap| (tap.events(), tap.finished(), tap.done());
        prop_assert_eq!(state(&*one), state(&*cut));
    }
}
