//! The grammar of events, as `ir::Event` promises it.

use tollgate_dialect::codec::Outbound;
use tollgate_dialect::ir::{Delta, Event, Opening};

#[derive(Debug, PartialEq, Eq)]
enum Place {
    Before,
    Between,
    Inside(usize, bool),
    Stopped,
    Over,
}

/// Checks the events of a whole stream; the error names the first that is out of place.
pub(crate) fn check(events: &[Event]) -> Result<(), String> {
    let (mut place, mut next) = (Place::Before, 0);
    let mut openings: Vec<&Opening> = Vec::new();
    for (at, event) in events.iter().enumerate() {
        place = match (place, event) {
            (Place::Over, _) => return Err(format!("event {at} after the end: {event:?}")),
            (_, Event::Fail(error)) if !error.message.is_empty() => Place::Over,
            (Place::Before, Event::Start { .. }) => Place::Between,
            (
                place @ (Place::Between | Place::Inside(..) | Place::Stopped),
                Event::Usage(usage),
            ) if !usage.is_empty() => place,
            (Place::Between, Event::Open(index, opening)) if *index == next => {
                next += 1;
                openings.push(opening);
                Place::Inside(*index, matches!(opening, Opening::ToolUse { .. }))
            }
            (Place::Inside(open, call), Event::Delta(index, delta)) if open == *index => {
                let fits = match delta {
                    Delta::Text(text) => !call && !text.is_empty(),
                    Delta::Signature(text) => {
                        !text.is_empty() && openings[open] == &Opening::Thinking
                    }
                    Delta::Arguments(text) => call && !text.is_empty(),
                };
                if !fits {
                    return Err(format!("event {at} does not fit its block: {event:?}"));
                }
                Place::Inside(open, call)
            }
            (Place::Inside(open, _), Event::Close(index)) if open == *index => Place::Between,
            (place @ (Place::Between | Place::Inside(..)), Event::Cite(cited))
                if openings.get(cited.block) == Some(&&Opening::Text) =>
            {
                place
            }
            (Place::Between, Event::StopText(_)) => Place::Between,
            (Place::Between, Event::Stop(_)) => Place::Stopped,
            (Place::Stopped, Event::End) => Place::Over,
            (place, _) => return Err(format!("event {at} in {place:?}: {event:?}")),
        };
    }
    match place {
        Place::Over => Ok(()),
        _ => Err(format!("the stream ends in {place:?}")),
    }
}

/// The events of a stream that comes in these pieces and then closes.
pub(crate) fn read<'a>(codec: &dyn Outbound, pieces: impl Iterator<Item = &'a [u8]>) -> Vec<Event> {
    let mut decoder = codec.stream_decoder();
    let mut events = Vec::new();
    for piece in pieces {
        decoder.push(piece, &mut events);
    }
    decoder.finish(&mut events);
    events
}
