//! What becomes of an answer's feature on its way to a caller, whole and streamed.

use serde_json::Value;
use tollgate_dialect::codec::{Reply, StreamDecoder};
use tollgate_dialect::ir::Echo;
use tollgate_dialect::{inbound, outbound};
use tollgate_model::{CallId, Micros, Nanos};

use crate::requests::ADDRESS;
use crate::table::Cell;
use crate::voice::{Told, Voice, Wish, misses};

/// What an answer to a caller says of itself.
pub(crate) const fn reply(echo: &Echo) -> Reply<'_> {
    Reply {
        call: CallId(1),
        at: Micros(0),
        model: "m",
        stream_usage: true,
        older_tools: false,
        hide_thoughts: false,
        echo: Some(echo),
        prompt_tokens: 7,
    }
}

/// What an answer repeats of a request with a tool.
pub(crate) fn echo(caller: &dyn Voice) -> Echo {
    let wish = caller
        .asks(Wish::Tool)
        .or_else(|| caller.asks(Wish::Text))
        .expect("a request");
    let (bytes, codec) = (wish.to_string().into_bytes(), inbound(caller.dialect()));
    let head = codec.head(&bytes, &ADDRESS).unwrap();
    codec.decode_request(&bytes, &head).unwrap().echo
}

/// What becomes of an answer between a provider and a caller. Whole and streamed it is the same, or
/// the test fails.
pub(crate) fn cell(provider: &dyn Voice, caller: &dyn Voice, told: Told) -> Cell {
    let Some(answer) = provider.answers(told) else {
        return Cell::Unsaid;
    };
    let streamed = provider
        .streams(told)
        .expect("an answer that can be streamed");
    if provider.dialect() == caller.dialect() {
        return Cell::Passes;
    }
    let Some(holds) = caller.reads(told) else {
        return Cell::Untold;
    };
    let whole = whole(provider, caller, &answer);
    let gathered = caller.gathers(&passed(provider, caller, &streamed));
    for (how, got) in [("whole", &whole), ("streamed", &gathered)] {
        if let Some(at) = misses(got, &holds) {
            panic!(
                "{told:?} of {} does not reach a caller of {} {how}: {at} in {got}",
                provider.dialect(),
                caller.dialect()
            );
        }
    }
    Cell::Passes
}

/// The whole answer as the caller reads it.
pub(crate) fn whole(provider: &dyn Voice, caller: &dyn Voice, answer: &Value) -> Value {
    let response = outbound(provider.dialect())
        .decode_response(answer.to_string().as_bytes())
        .unwrap();
    let mut out = Vec::new();
    inbound(caller.dialect()).encode_response(&response, &reply(&echo(caller)), &mut out);
    serde_json::from_slice(&out).unwrap()
}

/// The stream as the caller reads it. It comes in pieces of every length, and each way of cutting it
/// must give the same bytes.
pub(crate) fn passed(provider: &dyn Voice, caller: &dyn Voice, streamed: &[u8]) -> Vec<u8> {
    let echo = echo(caller);
    let through = |size: usize| {
        let mut decoder = outbound(provider.dialect()).stream_decoder();
        let mut encoder = inbound(caller.dialect()).stream_encoder(&reply(&echo));
        let mut out = Vec::new();
        let mut pass = |decoder: &mut dyn StreamDecoder, piece: Option<&[u8]>| {
            let mut events = Vec::new();
            match piece {
                Some(piece) => decoder.push(piece, &mut events),
                None => decoder.finish(&mut events),
            }
            for event in &events {
                encoder.event(event, Some(Nanos::new(1)), &mut out);
            }
        };
        for piece in streamed.chunks(size) {
            pass(&mut *decoder, Some(piece));
        }
        pass(&mut *decoder, None);
        out
    };
    let at_once = through(streamed.len());
    for size in [1, 7, 64] {
        assert_eq!(
            through(size),
            at_once,
            "{}",
            String::from_utf8_lossy(streamed)
        );
    }
    at_once
}
