//! Forms with files, `multipart/form-data` (RFC 7578), read where they lie: which fields there are
//! and where their contents stand. Nothing is copied, however large a file is.
//!
//! The provider reads the same bytes with a parser of its own, so every spelling by which the two
//! could find different fields is refused: a field that we act on and that stands twice, names with
//! escapes, a part without a name, a form whose end is missing.

use memchr::memmem::{self, Finder};
use tollgate_model::{Reason, Refusal};

use crate::ladder::malformed;
use crate::scan::Span;

/// The most parts of a form.
const PARTS: usize = 256;
/// The most bytes of the head of a part.
const HEAD: usize = 8 * 1024;
/// The most bytes of a boundary (RFC 2046, section 5.1.1).
const BOUNDARY: usize = 70;
/// The media type.
const KIND: &str = "multipart/form-data";

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part<'a> {
    name: &'a str,
    is_file: bool,
    content: Span,
}

/// What the head of a part says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PartHead<'a> {
    /// The name of the field.
    pub(crate) name: &'a str,
    /// Whether it is a file.
    pub(crate) is_file: bool,
    /// The name of the file as it is written, with its escapes.
    pub(crate) filename: Option<&'a str>,
    /// The type of its content.
    pub(crate) kind: Option<&'a str>,
}

/// The fields of a form.
#[derive(Debug)]
pub struct Form<'a> {
    body: &'a [u8],
    /// What opens a part, and where the first of them is opened.
    opening: String,
    begins: usize,
    parts: Vec<Part<'a>>,
}

/// Whether a content type is that of a form.
pub(super) fn is_form(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case(KIND)
}

impl<'a> Form<'a> {
    /// Reads a form. Fails with `request_malformed` where it is none, or could be read in two ways.
    pub fn read(content_type: &str, body: &'a [u8]) -> Result<Form<'a>, Refusal> {
        let boundary = boundary(content_type)?;
        let mut parts = Vec::new();
        let opening = format!("--{boundary}");
        let between = format!("\r\n--{boundary}");
        let finder = Finder::new(between.as_bytes());
        let begins = match body.starts_with(opening.as_bytes()) {
            true => 0,
            false => finder.find(body).ok_or_else(cut)? + 2,
        };
        let mut at = begins + opening.len();
        loop {
            let rest = body.get(at..).unwrap_or_default();
            if rest.starts_with(b"--") {
                break;
            }
            let blank = rest
                .iter()
                .take_while(|b| matches!(b, b' ' | b'\t'))
                .count();
            let line = rest
                .get(blank..)
                .and_then(|rest| rest.strip_prefix(b"\r\n"));
            let line = line.ok_or_else(cut)?;
            let start = body.len() - line.len();
            // A part without any head has its blank line right here.
            let head = if line.starts_with(b"\r\n") {
                0
            } else {
                memmem::find(line, b"\r\n\r\n").ok_or_else(cut)? + 2
            };
            let content = start + head + 2;
            let inside = body.get(content..).unwrap_or_default();
            // Whether a part is empty whose blank line is the line break before the boundary, or goes
            // on behind it, is read either way.
            if inside.starts_with(opening.as_bytes()) {
                return Err(cut());
            }
            let end = content + finder.find(inside).ok_or_else(cut)?;
            let head = line.get(..head).unwrap_or_default();
            let head = PartHead::read(head)?;
            parts.push(Part {
                name: head.name,
                is_file: head.is_file,
                content: Span {
                    start: content,
                    end,
                },
            });
            if parts.len() > PARTS {
                let detail = format!("The form has more than {PARTS} parts.");
                return Err(Refusal::new(Reason::RequestMalformed, detail));
            }
            at = end + between.len();
        }
        Ok(Form {
            body,
            opening,
            begins,
            parts,
        })
    }

    /// Where the content of a field stands that is a plain text; `None` where there is no such field.
    /// Fails where it stands twice, or is a file.
    pub(super) fn field(&self, name: &str) -> Result<Option<Span>, Refusal> {
        let mut found = self.parts.iter().filter(|part| is_name(part.name, name));
        let Some(part) = found.next() else {
            return Ok(None);
        };
        let wrong = |why: &str| Err(malformed(name, format!("The field `{name}` {why}.")));
        if found.next().is_some() {
            return wrong("stands in the form more than once");
        }
        if part.name != name {
            return wrong("is not written plainly, which is refused");
        }
        if part.is_file {
            return wrong("must be a plain text, not a file");
        }
        Ok(Some(part.content))
    }

    /// Where the first part is opened, and what opens one.
    pub(super) fn beginning(&self) -> (usize, String) {
        (self.begins, self.opening.clone())
    }

    /// The text of a field; `None` where there is no such field.
    pub fn text(&self, name: &str) -> Result<Option<&'a str>, Refusal> {
        let Some(span) = self.field(name)? else {
            return Ok(None);
        };
        let text = std::str::from_utf8(span.of(self.body));
        let text = text.map_err(|_| malformed(name, format!("`{name}` is not UTF-8.")))?;
        Ok(Some(text))
    }

    /// The contents of the files, whatever their fields are called.
    pub fn files(&self) -> impl Iterator<Item = Span> {
        let files = self.parts.iter().filter(|part| part.is_file);
        files.map(|part| part.content)
    }

    /// All bytes of plain texts.
    pub(super) fn text_bytes(&self) -> usize {
        let plain = self.parts.iter().filter(|part| !part.is_file);
        plain
            .map(|part| part.content.end - part.content.start)
            .sum()
    }
}

impl<'a> PartHead<'a> {
    /// Reads the head of a part, each line with its line break.
    pub(crate) fn read(head: &'a [u8]) -> Result<PartHead<'a>, Refusal> {
        let bad = |why: &str| {
            let detail = format!("A part of the form {why}.");
            Refusal::new(Reason::RequestMalformed, detail)
        };
        if head.len() > HEAD {
            return Err(bad("has a head that is too long"));
        }
        let head = std::str::from_utf8(head).map_err(|_| bad("has a head that is not UTF-8"))?;
        let (mut disposition, mut kind_of_content) = (None, None);
        for line in head.split_terminator("\r\n") {
            let Some((field, value)) = line.split_once(':') else {
                return Err(bad("has a line in its head that is no header"));
            };
            let twice = match field.to_ascii_lowercase().as_str() {
                "content-disposition" => disposition.replace(value.trim()).is_some(),
                "content-type" => kind_of_content.replace(value.trim()).is_some(),
                "content-transfer-encoding" => {
                    let plain = ["binary", "7bit", "8bit"];
                    !plain
                        .iter()
                        .any(|word| value.trim().eq_ignore_ascii_case(word))
                }
                _ => false,
            };
            if twice {
                return Err(bad(
                    "is encoded, or says twice what it is, which is refused",
                ));
            }
        }
        let disposition = disposition.ok_or_else(|| bad("has no Content-Disposition"))?;
        let kind = disposition.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("form-data") {
            return Err(bad("is no form-data"));
        }
        let (mut name, mut is_file, mut filename) = (None, false, None);
        for (key, value) in parameters(disposition).ok_or_else(|| bad("has a broken name"))? {
            match key.to_ascii_lowercase().as_str() {
                "name" if name.is_none() => name = Some(value),
                "name" | "name*" => return Err(bad("has its name more than once")),
                "filename" => (is_file, filename) = (true, Some(value)),
                "filename*" => is_file = true,
                _ => {}
            }
        }
        let name = name.filter(|name| !name.is_empty());
        let name = name.ok_or_else(|| bad("has no name"))?;
        if name.contains(['\\', '%']) {
            return Err(bad("has a name with escapes, which is refused"));
        }
        Ok(PartHead {
            name,
            is_file,
            filename,
            kind: kind_of_content,
        })
    }
}

/// Whether a field of this name could be read as the one that is meant.
fn is_name(written: &str, meant: &str) -> bool {
    let plain = written.trim().trim_end_matches("[]");
    plain.eq_ignore_ascii_case(meant)
}

/// The parameters of a header: names, and values without their quotes. `None` where a quote does not
/// end.
fn parameters(header: &str) -> Option<Vec<(&str, &str)>> {
    let mut found = Vec::new();
    let mut rest = header.split_once(';').map_or("", |(_, rest)| rest);
    loop {
        rest = rest.trim_start_matches([' ', '\t', ';']);
        if rest.is_empty() {
            return Some(found);
        }
        let (key, value) = rest.split_once('=')?;
        if let Some(quoted) = value.strip_prefix('"') {
            let end = end_of_quoted(quoted)?;
            found.push((key.trim(), quoted.get(..end)?));
            rest = quoted.get(end + 1..)?;
        } else {
            let end = value.find(';').unwrap_or(value.len());
            found.push((key.trim(), value.get(..end)?.trim()));
            rest = value.get(end..)?;
        }
    }
}

/// Where the quote is that ends a quoted text; one behind a backslash belongs to it.
fn end_of_quoted(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })
}

/// The boundary between the parts.
pub(crate) fn boundary(content_type: &str) -> Result<&str, Refusal> {
    let wrong = |why: String| Err(Refusal::new(Reason::RequestMalformed, why));
    if !is_form(content_type) {
        let shown: String = content_type.chars().take(100).collect();
        return wrong(match shown.is_empty() {
            true => format!("This address takes a form, {KIND}; the request has no Content-Type."),
            false => format!("This address takes a form, {KIND}, not `{shown}`."),
        });
    }
    let given = parameters(content_type).unwrap_or_default();
    let mut named = given
        .iter()
        .filter(|(key, _)| key.eq_ignore_ascii_case("boundary"));
    let fits = |text: &&str| {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(&b);
        (1..=BOUNDARY).contains(&text.len()) && text.bytes().all(plain) && !text.ends_with(' ')
    };
    match (
        named.next().map(|(_, text)| *text).filter(fits),
        named.next(),
    ) {
        (Some(text), None) => Ok(text),
        _ => wrong(format!(
            "The Content-Type of the form has no `boundary` of 1 to {BOUNDARY} plain characters."
        )),
    }
}

pub(crate) fn cut() -> Refusal {
    let detail = "The form breaks off, or is not separated by the boundary that its Content-Type \
                  names.";
    Refusal::new(Reason::RequestMalformed, detail)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TYPE: &str = "multipart/form-data; boundary=XyZ";

    fn part(head: &str, content: &str) -> String {
        format!("--XyZ\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n")
    }

    fn form(parts: &[String]) -> Vec<u8> {
        format!("{}--XyZ--\r\n", parts.concat()).into_bytes()
    }

    fn refused(content_type: &str, body: &[u8]) -> String {
        let read = Form::read(content_type, body);
        let model = read.and_then(|form| form.text("model").map(|_| ()));
        let refusal = model.unwrap_err();
        assert_eq!(refusal.reason, Reason::RequestMalformed);
        refusal.detail
    }

    #[test]
    fn fields_and_files_are_found_where_they_lie() {
        let body = form(&[
            part(r#"name="model""#, "whisper-1"),
            part("name=empty", ""),
            part(
                r#"filename="a;\"b\".wav"; name="file""#,
                "RIFF\r\n--Xy\r\n\r\nx",
            ),
            part(r#"name="image[]"; filename="1.png""#, "one"),
            part(r#"name="image[]"; filename="2.png""#, "two"),
        ]);
        let form = Form::read(TYPE, &body).unwrap();
        assert_eq!(form.text("model").unwrap(), Some("whisper-1"));
        assert_eq!(form.text("empty").unwrap(), Some(""));
        assert_eq!(form.text("prompt").unwrap(), None);
        let files: Vec<&[u8]> = form.files().map(|span| span.of(&body)).collect();
        assert_eq!(files, [&b"RIFF\r\n--Xy\r\n\r\nx"[..], b"one", b"two"]);
        assert_eq!(form.text_bytes(), 9);
    }

    #[test]
    fn preamble_epilogue_and_quoted_boundaries_are_read() {
        let text = format!("hello\r\n{}--XyZ-- \r\nbye", part("name=\"model\"", "m"));
        let kind = "Multipart/Form-Data ; charset=utf-8; Boundary=\"XyZ\"";
        let form = Form::read(kind, text.as_bytes()).unwrap();
        assert_eq!(form.text("model").unwrap(), Some("m"));
    }

    #[test]
    fn a_form_that_could_be_read_in_two_ways_is_refused() {
        let one = part(r#"name="model""#, "a");
        for (parts, why) in [
            (vec![one.clone(), one.clone()], "more than once"),
            (
                vec![one.clone(), part(r#"name="MODEL""#, "b")],
                "more than once",
            ),
            (vec![part(r#"name="model[]""#, "b")], "not written plainly"),
            (vec![part(r#"name=" model""#, "b")], "not written plainly"),
            (vec![part(r#"name="mod\el""#, "b")], "escapes"),
            (vec![part(r#"name="mod%65l""#, "b")], "escapes"),
            (
                vec![part(r#"name="model"; name="x""#, "b")],
                "more than once",
            ),
            (vec![part(r#"name*=utf-8''model"#, "b")], "more than once"),
            (
                vec![part(r#"name="model"; filename="m""#, "b")],
                "not a file",
            ),
            (vec![part(r#"name="model"#, "b")], "broken name"),
            (vec![part("", "b")], "no name"),
            (vec![one.replace("form-data", "attachment")], "no form-data"),
            (
                vec![one.replace("Content-Disposition", "X")],
                "no Content-Disposition",
            ),
            (
                vec![one.replace("\r\n\r\n", "\r\nContent-Transfer-Encoding: base64\r\n\r\n")],
                "encoded",
            ),
        ] {
            let told = refused(TYPE, &form(&parts));
            assert!(told.contains(why), "{told}, not {why}");
        }
    }

    #[test]
    fn a_form_that_is_cut_or_none_is_refused_wherever_it_is_cut() {
        let body = form(&[
            part(r#"name="model""#, "a"),
            part("name=x; filename=y", "zzz"),
        ]);
        for length in 0..body.len() - 4 {
            assert!(
                refused(TYPE, &body[..length]).contains("breaks off"),
                "{length}"
            );
        }
        assert!(Form::read(TYPE, &body[..body.len() - 2]).is_ok());
        for (kind, why) in [
            ("", "no Content-Type"),
            ("application/json", "not `application/json`"),
            ("multipart/form-data", "no `boundary`"),
            ("multipart/form-data; boundary=", "no `boundary`"),
            (
                "multipart/form-data; boundary=a; boundary=b",
                "no `boundary`",
            ),
            ("multipart/form-data; boundary=other", "breaks off"),
        ] {
            let told = refused(kind, &body);
            assert!(told.contains(why), "{told}, not {why}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_trip(
            body in proptest::collection::vec(
                prop_oneof![
                    Just("--XyZ"), Just("\r\n"), Just("--"), Just("Content-Disposition: form-data; "),
                    Just("name=\"model\""), Just("\"é"), Just("; filename="), Just(":"), Just("a"),
                ],
                0..24,
            ),
        ) {
            let body = body.concat();
            if let Ok(form) = Form::read(TYPE, body.as_bytes()) {
                let _ = form.text("model");
                for part in &form.parts {
                    prop_assert!(part.content.start <= part.content.end);
                    prop_assert!(part.content.end <= body.len());
                }
            }
        }
    }
}
