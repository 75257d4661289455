//! Forms with files, `multipart/form-data` (RFC 7578), read as they come: for files that are too large
//! to be held. What is sent on is written anew, so nobody else reads the same bytes.

use bytes::{Bytes, BytesMut};
use memchr::memmem::{self, Finder};
use tollgate_model::{Reason, Refusal};

use crate::task::multipart::{PartHead, boundary, cut};

/// The most bytes of the head of a part, and of what may stand between a boundary and it.
const HEAD: usize = 8 * 1024;
/// The most bytes before the first boundary.
const PREAMBLE: usize = 64 * 1024;

/// What comes of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A part begins.
    Part {
        /// The name of its field.
        name: String,
        /// The name of the file as it is written, with its escapes; empty for one without a name.
        /// `None` where the part is no file.
        filename: Option<String>,
        /// The type of its content, where it says so.
        kind: Option<String>,
    },
    /// Bytes of the part that began last.
    Data(Bytes),
}

/// Reads a form, cut anywhere.
#[derive(Debug)]
pub struct FormReader {
    between: Finder<'static>,
    unread: BytesMut,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Preamble,
    Boundary,
    Content,
    End,
}

impl FormReader {
    /// A reader of a form of this content type. Fails with `request_malformed` where it is none.
    pub fn new(content_type: &str) -> Result<FormReader, Refusal> {
        let between = format!("\r\n--{}", boundary(content_type)?);
        Ok(FormReader {
            between: Finder::new(between.as_bytes()).into_owned(),
            // So that the first boundary looks like every other.
            unread: BytesMut::from(&b"\r\n"[..]),
            state: State::Preamble,
        })
    }

    /// Takes the next bytes and appends what they complete. Fails with `request_malformed` where they
    /// are no form.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<Piece>) -> Result<(), Refusal> {
        self.unread.extend_from_slice(bytes);
        loop {
            let goes_on = match self.state {
                State::Preamble => self.preamble()?,
                State::Boundary => self.boundary(out)?,
                State::Content => self.content(out),
                State::End => {
                    self.unread.clear();
                    false
                }
            };
            if !goes_on {
                return Ok(());
            }
        }
    }

    /// The form has come to an end. Fails with `request_malformed` where that is not its own.
    pub fn finish(&self) -> Result<(), Refusal> {
        match self.state {
            State::End => Ok(()),
            _ => Err(cut()),
        }
    }

    fn preamble(&mut self) -> Result<bool, Refusal> {
        if let Some(at) = self.between.find(&self.unread) {
            let _ = self.unread.split_to(at + self.between.needle().len());
            self.state = State::Boundary;
            return Ok(true);
        }
        if self.unread.len() > PREAMBLE {
            return Err(cut());
        }
        Ok(false)
    }

    /// Behind a boundary: the end of the form, or a line break and the head of a part.
    fn boundary(&mut self, out: &mut Vec<Piece>) -> Result<bool, Refusal> {
        if self.unread.starts_with(b"--") {
            self.state = State::End;
            return Ok(true);
        }
        let blank = |b: &&u8| matches!(**b, b' ' | b'\t');
        let blanks = self.unread.iter().take_while(blank).count();
        let line = self.unread.get(blanks..).unwrap_or_default();
        if line.len() >= 2 && !line.starts_with(b"\r\n") {
            return Err(cut());
        }
        let Some(end) = memmem::find(line, b"\r\n\r\n") else {
            if self.unread.len() > HEAD {
                return Err(cut());
            }
            return Ok(false);
        };
        let head = self.unread.split_to(blanks + end + 4);
        let head = head.get(blanks + 2..blanks + end + 2).unwrap_or_default();
        let head = PartHead::read(head)?;
        let texts = [Some(head.name), head.filename, head.kind];
        if texts
            .into_iter()
            .flatten()
            .any(|text| text.contains(char::is_control))
        {
            let detail = "A part of the form has control characters in its head.";
            return Err(Refusal::new(Reason::RequestMalformed, detail));
        }
        out.push(Piece::Part {
            name: head.name.to_owned(),
            filename: head
                .is_file
                .then(|| head.filename.unwrap_or_default().to_owned()),
            kind: head.kind.map(str::to_owned),
        });
        self.state = State::Content;
        Ok(true)
    }

    fn content(&mut self, out: &mut Vec<Piece>) -> bool {
        let needle = self.between.needle().len();
        let (length, ends) = match self.between.find(&self.unread) {
            Some(at) => (at, true),
            // The beginning of a boundary may be all that came of it.
            None => ((self.unread.len() + 1).saturating_sub(needle), false),
        };
        if length > 0 {
            out.push(Piece::Data(self.unread.split_to(length).freeze()));
        }
        if ends {
            let _ = self.unread.split_to(needle);
            self.state = State::Boundary;
        }
        ends
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TYPE: &str = "multipart/form-data; boundary=XyZ";

    /// Name, name of the file and content.
    type Part = (String, Option<String>, Vec<u8>);

    fn read(pieces: &[&[u8]]) -> Result<Vec<Part>, Refusal> {
        let mut reader = FormReader::new(TYPE)?;
        let mut out = Vec::new();
        for piece in pieces {
            reader.push(piece, &mut out)?;
        }
        reader.finish()?;
        let mut parts: Vec<(String, Option<String>, Vec<u8>)> = Vec::new();
        for piece in out {
            match piece {
                Piece::Part { name, filename, .. } => parts.push((name, filename, Vec::new())),
                Piece::Data(bytes) => parts.last_mut().unwrap().2.extend_from_slice(&bytes),
            }
        }
        Ok(parts)
    }

    fn form(file: &[u8]) -> Vec<u8> {
        let begin = "--XyZ\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n\
                     --XyZ\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jsonl\"\r\n\
                     Content-Type: application/jsonl\r\n\r\n";
        [begin.as_bytes(), file, b"\r\n--XyZ--\r\n"].concat()
    }

    proptest! {
        #[test]
        fn a_form_is_read_alike_however_it_is_cut(
            file in proptest::collection::vec(
                prop_oneof![any::<u8>(), Just(b'\r'), Just(b'-'), Just(b'\n')],
                0..200,
            ),
            cuts in proptest::collection::vec(0usize..400, 0..12),
        ) {
            prop_assume!(memmem::find(&file, b"\r\n--XyZ").is_none());
            let body = form(&file);
            let mut cuts: Vec<usize> = cuts.into_iter().map(|at| at.min(body.len())).collect();
            cuts.sort_unstable();
            let mut pieces = Vec::new();
            let mut at = 0;
            for cut in cuts {
                pieces.push(&body[at..cut]);
                at = cut;
            }
            pieces.push(&body[at..]);
            let parts = read(&pieces).unwrap();
            prop_assert_eq!(&parts[0], &("purpose".to_owned(), None, b"batch".to_vec()));
            prop_assert_eq!(&parts[1], &("file".to_owned(), Some("a.jsonl".to_owned()), file));
        }

        #[test]
        fn no_bytes_make_the_reader_trip(body in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&[&body]);
        }
    }

    #[test]
    fn a_form_that_is_cut_is_refused_wherever_it_is_cut() {
        let body = form(b"{}");
        let whole = body.len() - 4;
        for end in 0..whole {
            assert!(read(&[&body[..end]]).is_err(), "{end}");
        }
        assert!(read(&[&body]).is_ok());
        assert!(FormReader::new("application/json").is_err());
    }
}
