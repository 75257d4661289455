//! A client that writes bytes and reads bytes: no HTTP library smooths over what comes.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// How long an answer may be silent before the test has failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// The head of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) status: u16,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
}

impl Head {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// A whole answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) head: Head,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn status(&self) -> u16 {
        self.head.status
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.head.header(name).unwrap_or_default()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    /// The reason, which body and header must tell alike.
    pub(crate) fn reason(&self) -> String {
        let json = self.json();
        let told = [
            "/reason",
            "/problem/reason",
            "/error/problem/reason",
            "/error/details/1/value/reason",
            "/error/details/2/value/reason",
        ];
        let told = told.iter().find_map(|path| json.pointer(path)?.as_str());
        let told = told.unwrap_or_else(|| panic!("no reason: {}", self.text()));
        assert_eq!(told, self.header("x-tollgate-reason"));
        told.to_owned()
    }
}

/// How the end of a body is known.
enum Framing {
    Length(usize),
    Chunked,
    Close,
}

/// A connection.
pub(crate) struct Client {
    stream: BufReader<TcpStream>,
    framing: Framing,
    /// What was read of the body and not taken as an event.
    text: Vec<u8>,
}

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> Client {
        Client::over(TcpStream::connect(address).unwrap())
    }

    pub(crate) fn over(stream: TcpStream) -> Client {
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Client {
            stream: BufReader::new(stream),
            framing: Framing::Length(0),
            text: Vec::new(),
        }
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.get_mut().write_all(bytes.as_ref()).unwrap();
    }

    /// Writes bytes to a gateway that may have closed the connection meanwhile.
    pub(crate) fn try_send(&mut self, bytes: &[u8]) -> bool {
        self.stream.get_mut().write_all(bytes).is_ok()
    }

    /// Says that nothing more will be sent.
    pub(crate) fn finish_sending(&mut self) {
        let _ = self.stream.get_mut().shutdown(Shutdown::Write);
    }

    /// Reads the head of an answer; `None` where the connection was closed without one.
    pub(crate) fn try_head(&mut self) -> Option<Head> {
        let first = self.line()?;
        let mut words = first.split(' ');
        assert!(words.next().unwrap().starts_with("HTTP/1."), "{first}");
        let status = words.next().unwrap().parse().unwrap();
        let mut headers = Vec::new();
        loop {
            let line = self.line().expect("the head is complete");
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').expect("a header has a colon");
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let head = Head { status, headers };
        self.framing = match (
            head.header("content-length"),
            head.header("transfer-encoding"),
        ) {
            (Some(length), None) => Framing::Length(length.parse().unwrap()),
            (None, Some("chunked")) => Framing::Chunked,
            (None, None) => Framing::Close,
            other => panic!("a strange framing: {other:?}"),
        };
        self.text.clear();
        Some(head)
    }

    pub(crate) fn head(&mut self) -> Head {
        self.try_head().expect("the connection is open")
    }

    /// The next piece of the body; `None` at its proper end.
    pub(crate) fn piece(&mut self) -> Option<Vec<u8>> {
        match self.framing {
            Framing::Length(0) => None,
            Framing::Length(length) => {
                self.framing = Framing::Length(0);
                Some(self.exactly(length))
            }
            Framing::Close => {
                let mut rest = Vec::new();
                self.stream.read_to_end(&mut rest).unwrap();
                self.framing = Framing::Length(0);
                Some(rest)
            }
            Framing::Chunked => {
                let line = self.line().expect("a chunked body has an end");
                let length = usize::from_str_radix(&line, 16).unwrap();
                let piece = self.exactly(length);
                assert_eq!(self.line().as_deref(), Some(""), "a chunk ends its line");
                if length == 0 {
                    self.framing = Framing::Length(0);
                    return None;
                }
                Some(piece)
            }
        }
    }

    /// The next event of a stream, with its blank line; `None` at the end.
    pub(crate) fn event(&mut self) -> Option<String> {
        loop {
            let blank = self.text.windows(2).position(|pair| pair == b"\n\n");
            if let Some(at) = blank {
                let event: Vec<u8> = self.text.drain(..at + 2).collect();
                return Some(String::from_utf8(event).unwrap());
            }
            match self.piece() {
                Some(piece) => self.text.extend(piece),
                None => {
                    assert!(self.text.is_empty(), "an event is cut off");
                    return None;
                }
            }
        }
    }

    /// The rest of the body.
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        let mut body = std::mem::take(&mut self.text);
        while let Some(piece) = self.piece() {
            body.extend(piece);
        }
        body
    }

    /// An answer; `None` where the connection was closed without one.
    pub(crate) fn try_answer(&mut self) -> Option<Answer> {
        let head = self.try_head()?;
        let body = self.rest();
        Some(Answer { head, body })
    }

    pub(crate) fn answer(&mut self) -> Answer {
        self.try_answer().expect("the connection is open")
    }

    pub(crate) fn ask(&mut self, request: impl AsRef<[u8]>) -> Answer {
        self.send(request);
        self.answer()
    }

    /// Whether the gateway has closed the connection: waits until it does.
    pub(crate) fn is_closed(&mut self) -> bool {
        let mut rest = Vec::new();
        // A reset is a close as well.
        self.stream.read_to_end(&mut rest).is_err() || rest.is_empty()
    }

    /// A line without its end; `None` at the end of the connection.
    fn line(&mut self) -> Option<String> {
        let mut line = Vec::new();
        match self.stream.read_until(b'\n', &mut line) {
            Ok(0) => return None,
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return None,
            Err(error) => panic!("nothing came: {error}"),
        }
        let text = String::from_utf8(line).unwrap();
        let text = text.strip_suffix("\r\n").expect("a line has an end");
        Some(text.to_owned())
    }

    fn exactly(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.stream.read_exact(&mut bytes).unwrap();
        bytes
    }
}

/// A request with a body, to the byte.
pub(crate) fn post(path: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = body.len().to_string();
    let headers = [headers, &[("content-length", length.as_str())]].concat();
    [head("POST", path, &headers).as_bytes(), body].concat()
}

/// A request without a body.
pub(crate) fn get(path: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    head("GET", path, headers).into_bytes()
}

/// The head of a request.
pub(crate) fn head(method: &str, path: &str, headers: &[(&str, &str)]) -> String {
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: gateway.test\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text + "\r\n"
}
