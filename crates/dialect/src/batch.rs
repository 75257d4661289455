//! Files of batches in OpenAI's form: a request on each line, and an answer on each line.

use serde::Deserialize;
use tollgate_model::task::{Task, TaskForm};
use tollgate_model::{Dialect, Refusal, Usage};

use crate::codec::Seen;
use crate::ladder::malformed;
use crate::outbound;
use crate::scan::{Span, scan};
use crate::task::{self, Door};

/// A request of a batch, as its line has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The caller's name for it.
    pub custom_id: String,
    /// The path that it is for.
    pub url: String,
    /// Its body, within the line.
    pub body: Span,
}

impl Line {
    /// Reads a line. Fails with `request_malformed`, naming the member at fault.
    pub fn read(line: &[u8]) -> Result<Line, Refusal> {
        let object = scan(line, ["custom_id", "method", "url", "body"])?;
        let [custom_id, method, url, body] = object.values;
        let text = |span: Option<Span>, name: &str| {
            let text = span.and_then(|span| serde_json::from_slice::<String>(span.of(line)).ok());
            let text = text.filter(|text| !text.is_empty());
            text.ok_or_else(|| malformed(name, format!("`{name}` must be a text.")))
        };
        if text(method, "method")? != "POST" {
            return Err(malformed("method", "`method` must be \"POST\".".to_owned()));
        }
        let body = body.filter(|span| span.of(line).starts_with(b"{"));
        Ok(Line {
            custom_id: text(custom_id, "custom_id")?,
            url: text(url, "url")?,
            body: body.ok_or_else(|| malformed("body", "`body` must be an object.".to_owned()))?,
        })
    }

    /// The line with another body, everything else to the byte as it is.
    pub fn with_body(&self, line: &[u8], body: &[u8]) -> Vec<u8> {
        let before = line.get(..self.body.start).unwrap_or_default();
        let after = line.get(self.body.end..).unwrap_or_default();
        [before, body, after].concat()
    }
}

/// What the requests of a batch are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// Answers in a conversation, in this dialect.
    Chat(Dialect),
    /// A task.
    Task(Door),
}

impl Endpoint {
    /// What a path stands for, with `/v1` before it or without; `None` where no batch can be made for
    /// it here.
    pub fn of(path: &str) -> Option<Endpoint> {
        let task = |task| {
            Endpoint::Task(Door {
                task,
                form: TaskForm::Openai,
                single: false,
            })
        };
        Some(match path.strip_prefix("/v1").unwrap_or(path) {
            "/chat/completions" => Endpoint::Chat(Dialect::OpenaiChat),
            "/completions" => Endpoint::Chat(Dialect::OpenaiCompletions),
            "/responses" => Endpoint::Chat(Dialect::OpenaiResponses),
            "/embeddings" => task(Task::Embeddings),
            "/moderations" => task(Task::Moderations),
            _ => return None,
        })
    }

    /// What an answer says that it consumed.
    fn usage(self, answer: &[u8]) -> Option<Usage> {
        let seen = match self {
            Endpoint::Chat(dialect) => outbound(dialect).look(answer),
            Endpoint::Task(door) => task::look(door, answer),
        };
        match seen {
            Ok(Seen::Answer(usage)) => usage,
            Ok(Seen::Error(_)) | Err(_) => None,
        }
    }
}

/// What a line of a file of answers tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The request was answered, and consumed this.
    Given(Box<Usage>),
    /// It was answered, and the answer does not say what it consumed.
    Uncounted,
    /// It failed and consumed nothing.
    Failed,
}

#[derive(Deserialize)]
struct Response<'a> {
    #[serde(default)]
    status_code: Option<u16>,
    #[serde(borrow)]
    body: Option<&'a serde_json::value::RawValue>,
}

impl Answer {
    /// Reads a line of a file of answers. The error is for the operator.
    pub fn read(endpoint: Endpoint, line: &[u8]) -> Result<Answer, String> {
        let object = scan(line, ["response"]).map_err(|error| error.to_string())?;
        let [response] = object.values;
        let response = response.filter(|span| span.of(line) != b"null");
        let Some(response) = response else {
            return Ok(Answer::Failed);
        };
        let response: Response<'_> =
            serde_json::from_slice(response.of(line)).map_err(|error| error.to_string())?;
        let (status, body) = (response.status_code.unwrap_or(200), response.body);
        Ok(match body {
            Some(body) if (200..300).contains(&status) => endpoint
                .usage(body.get().as_bytes())
                .map_or(Answer::Uncounted, |usage| Answer::Given(Box::new(usage))),
            _ => Answer::Failed,
        })
    }
}

/// Cuts what comes into lines, without their ends.
#[derive(Debug)]
pub struct Lines {
    unread: Vec<u8>,
    most: usize,
}

impl Lines {
    /// Of lines that are at most so many bytes long.
    pub fn new(most: usize) -> Lines {
        Lines {
            unread: Vec::new(),
            most,
        }
    }

    /// Takes the next bytes, cut anywhere, and gives each line that they complete to `take`. Lines of
    /// nothing but whitespace are given too. Fails where a line is too long.
    pub fn push<E>(
        &mut self,
        mut bytes: &[u8],
        mut take: impl FnMut(&[u8]) -> Result<(), E>,
        too_long: impl Fn() -> E,
    ) -> Result<(), E> {
        while let Some(at) = memchr::memchr(b'\n', bytes) {
            let (line, rest) = bytes.split_at(at);
            bytes = rest.get(1..).unwrap_or_default();
            if self.unread.len() + line.len() > self.most {
                return Err(too_long());
            }
            if self.unread.is_empty() {
                take(line)?;
            } else {
                self.unread.extend_from_slice(line);
                take(&self.unread)?;
                self.unread.clear();
            }
        }
        if self.unread.len() + bytes.len() > self.most {
            return Err(too_long());
        }
        self.unread.extend_from_slice(bytes);
        Ok(())
    }

    /// The last line, where it has no end.
    pub fn finish(self) -> Option<Vec<u8>> {
        (!self.unread.is_empty()).then_some(self.unread)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tollgate_model::UsageClass;

    use super::*;

    const LINE: &str = r#"{ "custom_id":"a", "method":"POST","url":"/v1/chat/completions", "body":{"model":"m"}, "x":1 }"#;

    #[test]
    fn a_line_is_read_and_its_body_changed_and_nothing_else() {
        let line = Line::read(LINE.as_bytes()).unwrap();
        assert_eq!(line.custom_id, "a");
        assert_eq!(
            Endpoint::of(&line.url),
            Some(Endpoint::Chat(Dialect::OpenaiChat))
        );
        assert_eq!(line.body.of(LINE.as_bytes()), br#"{"model":"m"}"#);
        let other = line.with_body(LINE.as_bytes(), br#"{"model":"other"}"#);
        let expected = LINE.replace(r#""m""#, r#""other""#);
        assert_eq!(String::from_utf8(other).unwrap(), expected);
    }

    #[test]
    fn a_line_that_is_no_request_is_refused_by_the_member_at_fault() {
        for (line, param) in [
            (
                r#"{"method":"POST","url":"/v1/embeddings","body":{}}"#,
                "custom_id",
            ),
            (
                r#"{"custom_id":"a","method":"GET","url":"/v1/embeddings","body":{}}"#,
                "method",
            ),
            (
                r#"{"custom_id":"a","method":"POST","url":7,"body":{}}"#,
                "url",
            ),
            (
                r#"{"custom_id":"a","method":"POST","url":"/v1/embeddings","body":"{}"}"#,
                "body",
            ),
        ] {
            let refusal = Line::read(line.as_bytes()).unwrap_err();
            assert_eq!(refusal.param.as_deref(), Some(param), "{line}");
        }
        assert!(Line::read(b"[]").is_err());
    }

    #[test]
    fn paths_are_known_with_and_without_their_version() {
        for path in [
            "/v1/embeddings",
            "/embeddings",
            "/v1/responses",
            "/v1/moderations",
            "/completions",
        ] {
            assert!(Endpoint::of(path).is_some(), "{path}");
        }
        for path in [
            "/v1/images/generations",
            "/v1/files",
            "",
            "chat/completions",
        ] {
            assert_eq!(Endpoint::of(path), None, "{path}");
        }
    }

    #[test]
    fn an_answer_tells_what_it_consumed() {
        let chat = Endpoint::Chat(Dialect::OpenaiChat);
        let body = r#"{"id":"x","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11}}"#;
        let line = format!(
            r#"{{"id":"b","custom_id":"a","response":{{"status_code":200,"request_id":"r","body":{body}}},"error":null}}"#
        );
        let Answer::Given(usage) = Answer::read(chat, line.as_bytes()).unwrap() else {
            panic!("it was answered");
        };
        assert_eq!(usage.get(UsageClass::Output), Some(2));
        let embeddings = r#"{"response":{"status_code":200,"body":{"object":"list","data":[],"usage":{"prompt_tokens":7,"total_tokens":7}}}}"#;
        let Answer::Given(usage) = Answer::read(
            Endpoint::of("/v1/embeddings").unwrap(),
            embeddings.as_bytes(),
        )
        .unwrap() else {
            panic!("it was answered");
        };
        assert_eq!(usage.prompt_tokens(), 7);
        for (line, told) in [
            (r#"{"response":null,"error":{"code":"x"}}"#, Answer::Failed),
            (
                r#"{"response":{"status_code":400,"body":{"error":{}}}}"#,
                Answer::Failed,
            ),
            (
                r#"{"response":{"status_code":200,"body":{"choices":[]}}}"#,
                Answer::Uncounted,
            ),
        ] {
            assert_eq!(Answer::read(chat, line.as_bytes()), Ok(told), "{line}");
        }
        assert!(Answer::read(chat, b"nothing").is_err());
    }

    proptest! {
        #[test]
        fn lines_are_the_same_however_they_are_cut(
            text in "[a-c\n]{0,80}", step in 1usize..9,
        ) {
            let mut lines = Lines::new(100);
            let mut found: Vec<Vec<u8>> = Vec::new();
            for piece in text.as_bytes().chunks(step) {
                lines.push(piece, |line| { found.push(line.to_vec()); Ok::<(), ()>(()) }, || ()).unwrap();
            }
            found.extend(lines.finish());
            let expected = text.split_terminator('\n').map(|line| line.as_bytes().to_vec());
            let expected: Vec<Vec<u8>> = expected.collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_line_that_is_too_long_is_refused_before_it_is_whole() {
        let mut lines = Lines::new(3);
        let take = |_: &[u8]| Ok(());
        assert_eq!(lines.push(b"abc\nabc", take, || "long"), Ok(()));
        assert_eq!(lines.push(b"d", take, || "long"), Err("long"));
    }
}
