//! The form of a record: length and checksum, each four bytes little-endian, then JSON.

use std::io;

use serde::de::Error;
use tollgate_model::call::{CallRecord, Intent};

use super::json;

/// Bytes before the JSON of a record.
const HEADER: usize = 8;

/// The longest JSON of a record. Nothing that a caller can send makes one as long.
const LONGEST: usize = 64 * 1024 * 1024;

/// With what the JSON of an intent begins, and that of a call. Both end in a brace.
const INTENT: &[u8] = b"{\"intent\":";
const CALL: &[u8] = b"{\"call\":";

/// A [`JournalEntry`](tollgate_model::call::JournalEntry) for writing, by reference.
pub(crate) enum Entry<'a> {
    Intent(&'a Intent),
    Call(&'a CallRecord),
}

/// The text of a [`JournalEntry`](tollgate_model::call::JournalEntry) as it was read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found<'a> {
    /// The JSON of an [`Intent`].
    Intent(&'a [u8]),
    /// The JSON of a [`CallRecord`].
    Call(&'a str),
}

/// Tells what the JSON of a record is, by how it begins; it is not parsed.
pub(crate) fn found(json: &[u8]) -> serde_json::Result<Found<'_>> {
    let within = |start: &[u8]| json.strip_prefix(start)?.strip_suffix(b"}");
    if let Some(intent) = within(INTENT) {
        return Ok(Found::Intent(intent));
    }
    let call = within(CALL).ok_or("it is neither an intent nor a call");
    call.and_then(|call| str::from_utf8(call).map_err(|_| "it is not UTF-8"))
        .map(Found::Call)
        .map_err(Error::custom)
}

/// Puts the record of `entry` into `buffer`, in place of what was there.
pub(crate) fn encode(entry: &Entry<'_>, buffer: &mut Vec<u8>) -> io::Result<()> {
    buffer.clear();
    buffer.extend_from_slice(&[0; HEADER]);
    match entry {
        Entry::Intent(intent) => {
            buffer.extend_from_slice(INTENT);
            json::write(*intent, buffer)?;
        }
        Entry::Call(call) => {
            buffer.extend_from_slice(CALL);
            json::write(*call, buffer)?;
        }
    }
    buffer.push(b'}');
    let (header, json) = buffer.split_at_mut(HEADER);
    let length = u32::try_from(json.len())
        .ok()
        .filter(|n| *n as usize <= LONGEST);
    let length = length.ok_or_else(|| {
        let text = format!("a journal record of {} bytes is too long", json.len());
        io::Error::new(io::ErrorKind::InvalidInput, text)
    })?;
    let (length_bytes, sum_bytes) = header.split_at_mut(4);
    length_bytes.copy_from_slice(&length.to_le_bytes());
    sum_bytes.copy_from_slice(&crc32fast::hash(json).to_le_bytes());
    Ok(())
}

/// What stands at a place of a segment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Item<'a> {
    /// The JSON of a whole record whose checksum is right, and where it ends.
    Record {
        /// The JSON.
        json: &'a [u8],
        /// The offset of the next record.
        end: usize,
    },
    /// No record stands here, but one does at `resume`: the bytes between are lost.
    Damage {
        /// Where the next record begins.
        resume: usize,
    },
    /// No record stands here nor after it: the writer was cut off, or has not written more.
    Tail {
        /// How many bytes must be there for the record that begins here, if one does.
        needed: usize,
    },
}

/// Reads what stands at `at`. `None` at the end of `bytes`.
pub(crate) fn read(bytes: &[u8], at: usize) -> Option<Item<'_>> {
    let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
    if let Some(json) = whole(rest) {
        let end = at + HEADER + json.len();
        return Some(Item::Record { json, end });
    }
    let resume = (at + 1..bytes.len()).find(|next| begins(bytes, *next));
    Some(match resume {
        Some(resume) => Item::Damage { resume },
        None => Item::Tail {
            needed: HEADER + announced(rest).unwrap_or(0),
        },
    })
}

/// Whether a whole record stands at `at`; quick where it does not. The last byte of a length is
/// below five and no byte of JSON is, so that no part of a record is taken for another.
fn begins(bytes: &[u8], at: usize) -> bool {
    let rest = bytes.get(at..).unwrap_or_default();
    rest.get(HEADER) == Some(&b'{') && whole(rest).is_some()
}

fn announced(rest: &[u8]) -> Option<usize> {
    let length = u32::from_le_bytes(*rest.first_chunk()?) as usize;
    (2..=LONGEST).contains(&length).then_some(length)
}

fn whole(rest: &[u8]) -> Option<&[u8]> {
    let sum: &[u8; 4] = rest.get(4..)?.first_chunk()?;
    let json = rest.get(HEADER..HEADER.checked_add(announced(rest)?)?)?;
    (crc32fast::hash(json) == u32::from_le_bytes(*sum)).then_some(json)
}

/// Tells apart segments that have borne the same name: the header of the first record.
pub(crate) fn fingerprint(bytes: &[u8]) -> u64 {
    bytes
        .first_chunk()
        .map_or(0, |head| u64::from_le_bytes(*head))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tollgate_model::account::AccountId;
    use tollgate_model::call::{Caller, JournalEntry};
    use tollgate_model::{CallId, Dialect, Micros, Nanos};

    use super::*;

    fn record(json: &str) -> Vec<u8> {
        let mut bytes = (json.len() as u32).to_le_bytes().to_vec();
        bytes.extend(crc32fast::hash(json.as_bytes()).to_le_bytes());
        bytes.extend(json.as_bytes());
        bytes
    }

    fn readable(bytes: &[u8]) -> Vec<String> {
        let (mut at, mut found) = (0, Vec::new());
        while let Some(item) = read(bytes, at) {
            match item {
                Item::Record { json, end } => {
                    found.push(String::from_utf8(json.to_vec()).unwrap());
                    at = end;
                }
                Item::Damage { resume } => {
                    assert!(resume > at);
                    at = resume;
                }
                Item::Tail { .. } => break,
            }
        }
        found
    }

    #[test]
    fn a_record_is_the_json_of_a_journal_entry_and_is_known_by_its_beginning() {
        let intent = Intent {
            id: CallId(1),
            at: Micros(2),
            caller: Caller {
                key: "k".into(),
                application: "a".into(),
                team: "t".into(),
            },
            model: "m".to_owned(),
            dialect: Dialect::OpenaiChat,
            holds: vec![(AccountId::wallet("t"), Nanos::new(3))],
        };
        let call: CallRecord = serde_json::from_value(serde_json::json!({
            "id": CallId(1), "at": 2, "revision": 0, "dialect": "gemini", "path": "/\"\\é",
            "model": "m", "stream": true, "status": 200, "ending": "completed", "usage": {},
            "usage_quality": "none", "cost": "0.00", "request_bytes": 0, "response_bytes": 0,
            "timings": [], "first_byte": 0, "duration": 0,
        }))
        .unwrap();
        let mut buffer = vec![7; 99];
        let mut entry_of = |entry: &Entry<'_>| {
            encode(entry, &mut buffer).unwrap();
            let Some(Item::Record { json, .. }) = read(&buffer, 0) else {
                panic!("no record is read")
            };
            let text = match found(json).unwrap() {
                Found::Intent(text) => String::from_utf8(text.to_vec()).unwrap(),
                Found::Call(text) => text.to_owned(),
            };
            (serde_json::from_slice::<JournalEntry>(json).unwrap(), text)
        };
        let (entry, text) = entry_of(&Entry::Intent(&intent));
        assert_eq!(text, serde_json::to_string(&intent).unwrap());
        assert_eq!(entry, JournalEntry::Intent(intent));
        let (entry, text) = entry_of(&Entry::Call(&call));
        assert_eq!(text, serde_json::to_string(&call).unwrap());
        assert_eq!(entry, JournalEntry::Call(Box::new(call)));
        for json in [
            &b"{\"other\":{}}"[..],
            b"{}",
            b"{\"call\":1",
            b"{\"call\":\"\xff\"}",
        ] {
            assert!(found(json).is_err(), "{json:?}");
        }
    }

    #[test]
    fn zeros_after_a_power_failure_are_no_records() {
        assert_eq!(read(&[0; 64], 0), Some(Item::Tail { needed: HEADER }));
        assert_eq!(read(&[], 0), None);
    }

    proptest! {
        #[test]
        fn a_damaged_byte_costs_the_record_it_is_in_and_no_other(
            values in proptest::collection::vec("[a-z\"\\\\]{0,40}", 1..8),
            place in any::<prop::sample::Index>(),
            flip in 1u8..=255,
        ) {
            let jsons: Vec<String> =
                values.iter().map(|v| serde_json::json!({ "a": v }).to_string()).collect();
            let mut bytes = Vec::new();
            let mut ends = Vec::new();
            for json in &jsons {
                bytes.extend(record(json));
                ends.push(bytes.len());
            }
            let place = place.index(bytes.len());
            bytes[place] ^= flip;
            let hit = ends.iter().position(|end| place < *end).unwrap();
            let mut expected = jsons.clone();
            expected.remove(hit);
            prop_assert_eq!(readable(&bytes), expected);
        }

        #[test]
        fn a_cut_leaves_every_record_before_it(
            values in proptest::collection::vec("[a-z]{0,40}", 1..8),
            cut in any::<prop::sample::Index>(),
        ) {
            let jsons: Vec<String> =
                values.iter().map(|v| serde_json::json!({ "a": v }).to_string()).collect();
            let mut bytes = Vec::new();
            let mut ends = Vec::new();
            for json in &jsons {
                bytes.extend(record(json));
                ends.push(bytes.len());
            }
            let cut = cut.index(bytes.len() + 1);
            let whole = ends.iter().filter(|end| **end <= cut).count();
            prop_assert_eq!(readable(&bytes[..cut]), jsons[..whole].to_vec());
        }

        #[test]
        fn no_bytes_make_reading_fail_or_stand_still(bytes: Vec<u8>) {
            readable(&bytes);
        }
    }
}
