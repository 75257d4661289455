//! The tap on streamed answers that pass.

use std::collections::VecDeque;

use bytes::Bytes;
use proptest::prelude::*;
use tollgate_dialect::codec::{Inbound, Tap};
use tollgate_dialect::cohere::Cohere;
use tollgate_model::{Nanos, Usage, UsageClass};

use crate::streams::{CALLS, STREAM};

fn tapped<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Box<dyn Tap + Send>, String) {
    let mut cost = |_: &Usage| Nanos::new(1);
    let (mut tap, mut out) = (Cohere.tap(true), VecDeque::new());
    for piece in pieces {
        tap.push(Bytes::copy_from_slice(piece), &mut cost, &mut out);
    }
    tap.finish(&mut cost, &mut out);
    let told = out.into_iter().flatten().collect();
    (tap, String::from_utf8(told).unwrap())
}

fn whole(stream: &str) -> (Box<dyn Tap + Send>, String) {
    tapped(std::iter::once(stream.as_bytes()))
}

fn used(input: u64, output: u64) -> Option<Usage> {
    let usage = Usage::NONE.with(UsageClass::Input, input);
    Some(usage.with(UsageClass::Output, output))
}

#[test]
fn a_stream_passes_to_the_byte_and_its_bill_is_read() {
    let (tap, out) = whole(STREAM);
    assert_eq!(out, STREAM);
    assert_eq!(tap.usage(), used(3, 13));
    assert_eq!((tap.done(), tap.finished(), tap.events()), (true, true, 3));
    let (tap, out) = whole(CALLS);
    assert_eq!(out, CALLS);
    assert_eq!(tap.usage(), used(7, 2));
    assert_eq!((tap.done(), tap.finished(), tap.events()), (false, true, 4));
}

#[test]
fn events_need_no_names() {
    let plain: Vec<&str> = STREAM
        .lines()
        .filter(|line| !line.starts_with("event:"))
        .collect();
    let plain = plain.join("\n") + "\n";
    let (tap, out) = whole(&plain);
    assert_eq!(out, plain);
    assert_eq!(
        (tap.usage(), tap.events(), tap.done()),
        (used(3, 13), 3, true)
    );
}

#[test]
fn an_error_does_not_go_on_nor_what_follows() {
    let failed = STREAM.replace(
        "\"finish_reason\":\"COMPLETE\"",
        "\"finish_reason\":\"ERROR\",\"error\":\"full\"",
    );
    let (tap, out) = whole(&failed);
    assert_eq!(out, &STREAM[..STREAM.find("event: message-end").unwrap()]);
    assert_eq!(tap.failed().unwrap().message, "full");
    assert_eq!((tap.finished(), tap.usage()), (false, used(3, 13)));
    let (tap, out) = whole("data: {\"message\":\"no\"}\n\n");
    assert_eq!((out.as_str(), tap.failed().is_some()), ("", true));
}

#[test]
fn what_was_cut_off_is_left_out() {
    let cut = &STREAM[..STREAM.find("\"finish_reason\"").unwrap()];
    let (tap, out) = whole(cut);
    assert_eq!(out, &STREAM[..STREAM.find("event: message-end").unwrap()]);
    assert!(!tap.finished() && tap.usage().is_none());
}

proptest! {
    #[test]
    fn where_a_stream_is_cut_makes_no_difference(sizes in prop::collection::vec(1usize..90, 1..20)) {
        let mut pieces = Vec::new();
        let (mut rest, mut at) = (STREAM.as_bytes(), 0);
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(sizes[at % sizes.len()].min(rest.len()));
            pieces.push(piece);
            (rest, at) = (after, at + 1);
        }
        let (tap, out) = tapped(pieces.into_iter());
        prop_assert_eq!(out, STREAM);
        prop_assert_eq!((tap.usage(), tap.events()), (used(3, 13), 3));
    }
}
