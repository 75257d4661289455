//! A one-pass scanner over a JSON object. It checks the whole text by RFC 8259 and tells where the
//! values of wanted members lie, so that a body is understood without being decoded.
//!
//! Members that we act on are read from these spans while the provider reads the bytes itself, so
//! the scanner refuses every spelling by which the two could disagree: a wanted key that stands
//! twice, is written with escapes, or in other letter case (some parsers fold case).

use tollgate_model::{Reason, Refusal};

/// The most levels of arrays and objects. One more is refused, as `serde_json` does.
pub const DEPTH_LIMIT: u32 = 127;

/// A range of bytes of the scanned text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The bytes of the span; empty where `body` is not the text that was scanned.
    pub fn of(self, body: &[u8]) -> &[u8] {
        body.get(self.start..self.end).unwrap_or_default()
    }

    /// The same span in a text in which the scanned one begins at `offset`.
    #[must_use]
    pub fn shifted(self, offset: usize) -> Span {
        Span {
            start: self.start + offset,
            end: self.end + offset,
        }
    }
}

/// Where a member can be put into an object: just behind its opening brace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The offset.
    pub at: usize,
    /// Whether the object has no member yet.
    pub empty: bool,
}

impl Place {
    /// The text to be put there for a member. `name` must need no escapes, `value` must be JSON. Into
    /// an empty object only one member can be put so.
    pub fn member(self, name: &str, value: &str) -> String {
        let comma = if self.empty { "" } else { "," };
        format!("\"{name}\":{value}{comma}")
    }

    /// The same place in a text in which the scanned one begins at `offset`.
    #[must_use]
    pub fn shifted(self, offset: usize) -> Place {
        Place {
            at: self.at + offset,
            empty: self.empty,
        }
    }
}

/// What a scan found, in the order in which the keys were given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Object<const N: usize> {
    /// The key of each wanted member that is there, with its quotes.
    pub keys: [Option<Span>; N],
    /// The value of each wanted member that is there, without whitespace around it.
    pub values: [Option<Span>; N],
    /// Where a member can be added.
    pub place: Place,
}

/// A member of an object with the comma that belongs to it: what has to go, so that the object is one
/// without it. Key and value are those that a scan of `text` found.
pub fn member(text: &[u8], key: Span, value: Span) -> Span {
    let blank = |byte: &&u8| byte.is_ascii_whitespace();
    let after = text.get(value.end..).unwrap_or_default();
    let blanks = after.iter().take_while(blank).count();
    if after.get(blanks) == Some(&b',') {
        return Span {
            start: key.start,
            end: value.end + blanks + 1,
        };
    }
    let before = text.get(..key.start).unwrap_or_default();
    let blanks = before.iter().rev().take_while(blank).count();
    let kept = before.get(..before.len() - blanks).unwrap_or_default();
    let start = if kept.ends_with(b",") {
        kept.len() - 1
    } else {
        key.start
    };
    Span {
        start,
        end: value.end,
    }
}

/// Why a text was refused, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} at line {line}, column {column}")]
pub struct ScanError {
    /// Bytes before the fault.
    pub offset: usize,
    /// The line of the fault, from 1.
    pub line: usize,
    /// The column of the fault in bytes, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// The member at fault, where the text is JSON but a wanted key is not written plainly.
    pub key: Option<String>,
}

impl From<ScanError> for Refusal {
    fn from(error: ScanError) -> Refusal {
        let detail = format!("The body is not the JSON that this address takes: {error}.");
        let refusal = Refusal::new(Reason::RequestMalformed, detail);
        match error.key {
            Some(key) => refusal.at(key),
            None => refusal,
        }
    }
}

/// Scans a text that must be one JSON object and finds the values of `keys` at its top level.
pub fn scan<const N: usize>(body: &[u8], keys: [&str; N]) -> Result<Object<N>, ScanError> {
    let mut scanner = Scanner {
        body,
        at: 0,
        kinds: 0,
        depth: 1,
    };
    let found = match std::str::from_utf8(body) {
        Ok(_) => scanner.document(&keys),
        Err(error) => Err(Fault::at(error.valid_up_to(), "the text is not UTF-8")),
    };
    found.map_err(|fault| fault.locate(body, &keys))
}

/// A fault before its line is counted.
struct Fault {
    offset: usize,
    message: &'static str,
    key: Option<usize>,
}

impl Fault {
    const fn at(offset: usize, message: &'static str) -> Fault {
        Fault {
            offset,
            message,
            key: None,
        }
    }

    #[cold]
    fn locate(&self, body: &[u8], keys: &[&str]) -> ScanError {
        let before = body.get(..self.offset).unwrap_or(body);
        let line_start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        let key = self.key.and_then(|index| keys.get(index));
        ScanError {
            offset: self.offset,
            line: memchr::memchr_iter(b'\n', before).count() + 1,
            column: before.len() - line_start + 1,
            message: match key {
                Some(key) => format!("the member \"{key}\" {}", self.message),
                None => self.message.to_owned(),
            },
            key: key.map(|key| (*key).to_owned()),
        }
    }
}

struct Scanner<'a> {
    body: &'a [u8],
    at: usize,
    /// One bit for each open container, the innermost lowest: 1 is an object.
    kinds: u128,
    depth: u32,
}

impl Scanner<'_> {
    fn document<const N: usize>(&mut self, keys: &[&str; N]) -> Result<Object<N>, Fault> {
        self.whitespace();
        if self.peek() != Some(b'{') {
            return Err(self.fault("expected an object, which begins with `{`,"));
        }
        self.at += 1;
        let mut object = Object {
            keys: [None; N],
            values: [None; N],
            place: Place {
                at: self.at,
                empty: false,
            },
        };
        self.whitespace();
        if self.peek() == Some(b'}') {
            self.at += 1;
            object.place.empty = true;
        } else {
            self.members(keys, &mut object)?;
        }
        self.whitespace();
        match self.peek() {
            None => Ok(object),
            Some(_) => Err(self.fault("there is more text after the end of the object")),
        }
    }

    fn members<const N: usize>(
        &mut self,
        keys: &[&str; N],
        object: &mut Object<N>,
    ) -> Result<(), Fault> {
        loop {
            let start = self.at;
            let written = self.key()?;
            let wanted = wanted(written.of(self.body), keys)
                .map_err(|index| Fault {
                    offset: start,
                    message: "is written with escapes or in other letter case, which is refused",
                    key: Some(index),
                })?
                .map(|index| {
                    (
                        index,
                        Span {
                            start,
                            end: written.end + 1,
                        },
                    )
                });
            let begins = self.at;
            self.value()?;
            if let Some((index, key)) = wanted {
                if object.keys[index].replace(key).is_some() {
                    let message = "stands twice, which is refused,";
                    return Err(Fault {
                        offset: start,
                        message,
                        key: Some(index),
                    });
                }
                object.values[index] = Some(Span {
                    start: begins,
                    end: self.at,
                });
            }
            self.whitespace();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => break,
                _ => return Err(self.fault("expected `,` or `}` after a member")),
            }
            self.whitespace();
        }
        self.at += 1;
        Ok(())
    }

    /// Passes one value, however deep, without recursion.
    fn value(&mut self) -> Result<(), Fault> {
        let outside = self.depth;
        loop {
            let opened = match self.peek() {
                Some(b'"') => {
                    self.string()?;
                    false
                }
                Some(b'{') => self.open(true)?,
                Some(b'[') => self.open(false)?,
                Some(b'-' | b'0'..=b'9') => {
                    self.number()?;
                    false
                }
                Some(b't') => self.word(b"true")?,
                Some(b'f') => self.word(b"false")?,
                Some(b'n') => self.word(b"null")?,
                Some(_) => return Err(self.fault("expected a value")),
                None => return Err(self.fault("the text ends where a value should be")),
            };
            if !opened && !self.next_in(outside)? {
                return Ok(());
            }
        }
    }

    /// Enters a container; tells whether a value must follow.
    fn open(&mut self, object: bool) -> Result<bool, Fault> {
        if self.depth == DEPTH_LIMIT {
            return Err(self.fault("arrays and objects are nested more than 127 deep"));
        }
        self.at += 1;
        self.whitespace();
        if self.peek() == Some(if object { b'}' } else { b']' }) {
            self.at += 1;
            return Ok(false);
        }
        self.depth += 1;
        self.kinds = (self.kinds << 1) | u128::from(object);
        if object {
            self.key()?;
        }
        Ok(true)
    }

    /// After a value: leaves the containers that end here, down to a depth; tells whether another
    /// value must follow.
    fn next_in(&mut self, outside: u32) -> Result<bool, Fault> {
        while self.depth > outside {
            let object = self.kinds & 1 == 1;
            self.whitespace();
            match (self.peek(), object) {
                (Some(b','), _) => {
                    self.at += 1;
                    self.whitespace();
                    if object {
                        self.key()?;
                    }
                    return Ok(true);
                }
                (Some(b'}'), true) | (Some(b']'), false) => {
                    self.at += 1;
                    self.depth -= 1;
                    self.kinds >>= 1;
                }
                (_, true) => return Err(self.fault("expected `,` or `}` after a member")),
                (_, false) => return Err(self.fault("expected `,` or `]` after an element")),
            }
        }
        Ok(false)
    }

    /// Passes a key and its colon; gives the text between the quotes.
    fn key(&mut self) -> Result<Span, Fault> {
        if self.peek() != Some(b'"') {
            return Err(self.fault("expected a member, which begins with `\"`,"));
        }
        let start = self.at + 1;
        self.string()?;
        let key = Span {
            start,
            end: self.at - 1,
        };
        self.whitespace();
        if self.peek() != Some(b':') {
            return Err(self.fault("expected `:` after a key"));
        }
        self.at += 1;
        self.whitespace();
        Ok(key)
    }

    fn string(&mut self) -> Result<(), Fault> {
        self.at += 1;
        loop {
            self.at += plain(self.body.get(self.at..).unwrap_or_default());
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => self.escape()?,
                Some(_) => return Err(self.fault("a control character must be escaped")),
                None => return Err(self.fault("the text ends inside a string")),
            }
        }
    }

    fn escape(&mut self) -> Result<(), Fault> {
        let rest = self.body.get(self.at + 1..).unwrap_or_default();
        let length = match rest {
            [b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => 2,
            [b'u', digits @ ..] => match digits.first_chunk::<4>() {
                Some(four) if four.iter().all(u8::is_ascii_hexdigit) => 6,
                _ => return Err(self.fault("expected four hexadecimal digits after `\\u`")),
            },
            _ => return Err(self.fault("unknown escape")),
        };
        self.at += length;
        Ok(())
    }

    fn number(&mut self) -> Result<(), Fault> {
        self.at += usize::from(self.peek() == Some(b'-'));
        let first = self.peek();
        let whole = self.digits()?;
        if first == Some(b'0') && whole > 1 {
            return Err(self.fault("a number may not begin with 0"));
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            self.digits()?;
        }
        Ok(())
    }

    /// Passes at least one digit; tells how many.
    fn digits(&mut self) -> Result<usize, Fault> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start {
            return Err(self.fault("expected a digit"));
        }
        Ok(self.at - start)
    }

    /// Passes one of the three words; they open nothing.
    fn word(&mut self, word: &[u8]) -> Result<bool, Fault> {
        if !self
            .body
            .get(self.at..)
            .is_some_and(|rest| rest.starts_with(word))
        {
            return Err(self.fault("expected a value"));
        }
        self.at += word.len();
        Ok(false)
    }

    fn whitespace(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.body.get(self.at).copied()
    }

    fn fault(&self, message: &'static str) -> Fault {
        Fault::at(self.at, message)
    }
}

/// How many bytes come before the next quote, backslash or control character. Eight at a time.
fn plain(text: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = ONES << 7;
    let mut passed = 0;
    let (chunks, rest) = text.as_chunks::<8>();
    for chunk in chunks {
        let word = u64::from_le_bytes(*chunk);
        let quote = word ^ (ONES * b'"' as u64);
        let slash = word ^ (ONES * b'\\' as u64);
        let found = (word.wrapping_sub(ONES * 0x20) & !word)
            | (quote.wrapping_sub(ONES) & !quote)
            | (slash.wrapping_sub(ONES) & !slash);
        let found = found & HIGHS;
        if found != 0 {
            return passed + found.trailing_zeros() as usize / 8;
        }
        passed += 8;
    }
    let stops = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
    passed + rest.iter().position(stops).unwrap_or(rest.len())
}

/// Which of the keys a written key is. The error is the key that it is by another spelling.
fn wanted(written: &[u8], keys: &[&str]) -> Result<Option<usize>, usize> {
    if let Some(index) = keys.iter().position(|key| key.as_bytes() == written) {
        return Ok(Some(index));
    }
    let same = |text: &[u8]| {
        keys.iter()
            .position(|key| key.as_bytes().eq_ignore_ascii_case(text))
    };
    let plain = |byte: &u8| byte.is_ascii() && *byte != b'\\';
    let other = if written.iter().all(plain) {
        same(written)
    } else {
        same(fold(written).as_bytes())
    };
    other.map_or(Ok(None), Err)
}

/// A key without escapes and with the two letters that case folding turns into ASCII.
fn fold(written: &[u8]) -> String {
    let quoted = [b"\"", written, b"\""].concat();
    let text: String = serde_json::from_slice(&quoted).unwrap_or_default();
    text.chars()
        .map(|letter| match letter {
            '\u{17f}' => 's',
            '\u{212a}' => 'k',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::value::RawValue;

    use super::*;

    const KEYS: [&str; 3] = ["model", "stream", "max_tokens"];

    fn error(body: &str) -> String {
        scan(body.as_bytes(), KEYS).unwrap_err().to_string()
    }

    #[test]
    fn values_of_wanted_members_are_found_without_whitespace() {
        let body = b" { \"a\":[{\"model\":1}] , \"model\" : \"gpt\\n\" ,\"stream\":\ttrue\n} ";
        let found = scan(body, KEYS).unwrap();
        let texts = found.values.map(|span| span.map(|span| span.of(body)));
        assert_eq!(texts, [Some(&b"\"gpt\\n\""[..]), Some(b"true"), None]);
        let keys = found.keys.map(|span| span.map(|span| span.of(body)));
        assert_eq!(keys, [Some(&b"\"model\""[..]), Some(b"\"stream\""), None]);
        assert_eq!(
            found.place,
            Place {
                at: 2,
                empty: false
            }
        );
        assert_eq!(
            scan(b"{ }", KEYS).unwrap().place,
            Place { at: 1, empty: true }
        );
    }

    #[test]
    fn an_error_says_what_and_where() {
        insta::assert_snapshot!(
            error("{\"a\": 1,\n \"b\" 2}"),
            @"expected `:` after a key at line 2, column 6"
        );
        insta::assert_snapshot!(
            error("[1]"),
            @"expected an object, which begins with `{`, at line 1, column 1"
        );
        insta::assert_snapshot!(
            error("{\"a\":\"x"),
            @"the text ends inside a string at line 1, column 8"
        );
        assert_eq!(
            Refusal::from(scan(b"{\"a\":01}", KEYS).unwrap_err()).detail,
            concat!(
                "The body is not the JSON that this address takes: ",
                "a number may not begin with 0 at line 1, column 8.",
            )
        );
    }

    #[test]
    fn a_wanted_key_that_stands_twice_is_refused() {
        let fault = scan(br#"{"model":1,"x":2,"x":3,"model":2}"#, KEYS).unwrap_err();
        assert_eq!((fault.offset, fault.key.as_deref()), (23, Some("model")));
        assert!(
            scan(br#"{"x":2,"x":3}"#, KEYS).is_ok(),
            "other members are not ours to judge"
        );
    }

    #[test]
    fn another_spelling_of_a_wanted_key_is_refused() {
        for key in [
            "m\\u006fdel",
            "Model",
            "\\u004dODEL",
            "\u{17f}tream",
            "max_to\u{212a}ens",
        ] {
            let fault = scan(format!("{{\"{key}\":1}}").as_bytes(), KEYS).unwrap_err();
            assert!(fault.key.is_some(), "{key}");
        }
        for key in ["models", "m\\u00f6del", "Modell", "mod\\ud800el", "größe"] {
            assert!(
                scan(format!("{{\"{key}\":1}}").as_bytes(), KEYS).is_ok(),
                "{key}"
            );
        }
    }

    #[test]
    fn nesting_is_limited_as_serde_json_limits_it() {
        for depth in [1, 2, 126, 127, 128, 129, 100_000] {
            let body = format!(
                "{{\"a\":{}{}}}",
                "[".repeat(depth - 1),
                "]".repeat(depth - 1)
            );
            let theirs = serde_json::from_str::<serde_json::Value>(&body);
            let ours = scan(body.as_bytes(), KEYS);
            // A depth of 1 leaves the member without a value.
            assert_eq!(ours.is_ok(), theirs.is_ok(), "{depth}");
        }
    }

    #[test]
    fn bytes_that_are_not_utf8_are_refused() {
        let fault = scan(b"{\"a\":\"\xC3\"}", KEYS).unwrap_err();
        assert_eq!(fault.offset, 6);
    }

    fn agrees(body: &[u8]) -> Result<(), TestCaseError> {
        let ours = scan(body, KEYS);
        if let Err(ScanError { key: Some(_), .. }) = &ours {
            return Ok(());
        }
        let theirs = std::str::from_utf8(body)
            .ok()
            .and_then(|text| serde_json::from_str::<&RawValue>(text).ok())
            .filter(|raw| raw.get().starts_with('{'));
        prop_assert_eq!(ours.is_ok(), theirs.is_some(), "{:?}", ours);
        if let Ok(value) = serde_json::from_slice::<serde_json::Value>(body) {
            prop_assert_eq!(ours.is_ok(), value.is_object());
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn it_accepts_what_serde_json_accepts(
            parts in prop::collection::vec(
                prop_oneof![
                    Just("{"), Just("}"), Just("["), Just("]"), Just(","), Just(":"), Just("\""),
                    Just("\"a\""), Just("\"model\""), Just("\\u00e9"), Just("\\ud800"), Just("\\x"),
                    Just("1"), Just("0"), Just("-"), Just("."), Just("e"), Just("+"), Just("true"),
                    Just("null"), Just(" "), Just("\n"), Just("\u{1}"), Just("é"), Just("\"b\":"),
                ],
                0..14,
            ),
        ) {
            let inner: String = parts.concat();
            agrees(inner.as_bytes())?;
            agrees(format!("{{{inner}}}").as_bytes())?;
            agrees(format!("{{\"k\":{inner}}}").as_bytes())?;
        }

        #[test]
        fn a_string_ends_where_it_ends(text in "[ -~é\u{1F600}\n\"\\\\]{0,40}", wanted in ".{0,20}") {
            let body = serde_json::json!({ "x": text, "model": wanted }).to_string();
            let span = scan(body.as_bytes(), KEYS).unwrap().values[0].unwrap();
            let read: String = serde_json::from_slice(span.of(body.as_bytes())).unwrap();
            prop_assert_eq!(read, wanted);
        }
    }
}
