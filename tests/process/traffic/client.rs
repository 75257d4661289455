//! A caller: one connection that it keeps, one call after another, and every byte looked at.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;
use tollgate_model::Nanos;

/// The longest that a caller waits for the next byte.
const PATIENCE: Duration = Duration::from_secs(30);

/// An answer of the gateway.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    /// The value of a header, by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The value of a header that has to be there.
    #[track_caller]
    pub(crate) fn told(&self, name: &str) -> &str {
        self.header(name)
            .unwrap_or_else(|| panic!("no {name}: {self:?}"))
    }

    /// The id of the call.
    #[track_caller]
    pub(crate) fn call(&self) -> &str {
        self.told("x-tollgate-call")
    }

    /// Why the call was refused.
    #[track_caller]
    pub(crate) fn reason(&self) -> &str {
        self.told("x-tollgate-reason")
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|why| panic!("{why}: {self:?}"))
    }

    /// The events of a stream, without the `[DONE]`.
    #[track_caller]
    pub(crate) fn events(&self) -> Vec<Value> {
        let data = self.body.lines().filter_map(|l| l.strip_prefix("data: "));
        data.filter(|data| *data != "[DONE]")
            .map(|data| serde_json::from_str(data).unwrap_or_else(|why| panic!("{why}: {data}")))
            .collect()
    }

    /// Whether it is a stream that has come to its proper end.
    pub(crate) fn is_done(&self) -> bool {
        self.body.ends_with("data: [DONE]\n\n")
    }

    /// What the answer says that the call has cost: in a header, or in the usage of a stream.
    #[track_caller]
    pub(crate) fn cost(&self) -> Nanos {
        if let Some(cost) = self.header("x-tollgate-cost-usd") {
            return cost.parse().unwrap();
        }
        let events = self.events();
        let mut costs = events.iter().filter_map(|event| event["usage"].get("cost"));
        let cost = costs.next_back();
        let cost = cost.unwrap_or_else(|| panic!("no cost: {self:?}"));
        cost.to_string().trim_matches('"').parse().unwrap()
    }
}

/// An answer that broke off, or never began.
#[derive(Debug)]
pub(crate) struct Broken {
    /// What had come of it, once its head had.
    pub(crate) answer: Option<Answer>,
    pub(crate) why: io::Error,
}

/// A caller with a key.
pub(crate) struct Caller {
    host: String,
    key: String,
    open: Option<BufReader<TcpStream>>,
}

impl Caller {
    /// A caller of the gateway at `http://HOST:PORT`.
    pub(crate) fn new(gateway: &str, key: &str) -> Caller {
        Caller {
            host: gateway.strip_prefix("http://").unwrap().to_owned(),
            key: key.to_owned(),
            open: None,
        }
    }

    /// Makes a call that has to be answered, well or not.
    #[track_caller]
    pub(crate) fn ask(&mut self, body: &str) -> Answer {
        self.send(body)
            .unwrap_or_else(|broken| panic!("{broken:?}"))
    }

    /// Begins a call on a connection of its own, and hangs up after so many bytes of the answer,
    /// or at its end.
    pub(crate) fn hang_up(&self, body: &str, after: u64) {
        let mut stream = connect(&self.host).unwrap();
        let request = self.request(body, "close");
        stream.get_mut().write_all(request.as_bytes()).unwrap();
        let mut begun = Vec::new();
        // Where the gateway hangs up first, that is all there is.
        let _ = stream.take(after).read_to_end(&mut begun);
    }

    /// Makes a call.
    pub(crate) fn send(&mut self, body: &str) -> Result<Answer, Broken> {
        let mut stream = match self.open.take() {
            Some(stream) => stream,
            None => connect(&self.host).map_err(|why| Broken { answer: None, why })?,
        };
        let request = self.request(body, "keep-alive");
        let written = stream.get_mut().write_all(request.as_bytes());
        written.map_err(|why| Broken { answer: None, why })?;
        let answer = read(&mut stream)?;
        if answer.header("connection") != Some("close") {
            self.open = Some(stream);
        }
        Ok(answer)
    }

    fn request(&self, body: &str, connection: &str) -> String {
        let (host, key, length) = (&self.host, &self.key, body.len());
        format!(
            "POST /v1/chat/completions HTTP/1.1\r\nhost: {host}\r\n\
             connection: {connection}\r\n\
             authorization: Bearer {key}\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\n\r\n{body}"
        )
    }
}

fn connect(host: &str) -> io::Result<BufReader<TcpStream>> {
    let stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    Ok(BufReader::new(stream))
}

fn read(stream: &mut BufReader<TcpStream>) -> Result<Answer, Broken> {
    let mut answer = read_head(stream).map_err(|why| Broken { answer: None, why })?;
    let mut body = Vec::new();
    let read = read_body(stream, &answer, &mut body);
    answer.body = String::from_utf8_lossy(&body).into_owned();
    match read {
        Ok(()) => Ok(answer),
        Err(why) => Err(Broken {
            answer: Some(answer),
            why,
        }),
    }
}

fn read_head(stream: &mut impl BufRead) -> io::Result<Answer> {
    let mut answer = Answer::default();
    let status = line(stream)?;
    let status = status.split(' ').nth(1).and_then(|text| text.parse().ok());
    answer.status = status.ok_or_else(|| io::Error::other("no status"))?;
    loop {
        let line = line(stream)?;
        match line.split_once(": ") {
            Some((name, value)) => {
                let name = name.to_ascii_lowercase();
                answer.headers.push((name, value.to_owned()));
            }
            None => return Ok(answer),
        }
    }
}

fn read_body(stream: &mut impl BufRead, head: &Answer, body: &mut Vec<u8>) -> io::Result<()> {
    if head.header("transfer-encoding") != Some("chunked") {
        let length = head.header("content-length").unwrap_or("0");
        return take(stream, length.parse().unwrap(), body);
    }
    loop {
        let size = line(stream)?;
        let size = u64::from_str_radix(&size, 16).map_err(io::Error::other)?;
        take(stream, size, body)?;
        line(stream)?;
        if size == 0 {
            return Ok(());
        }
    }
}

/// Reads so many bytes; what has come of them stays, also where the connection broke.
fn take(stream: &mut impl BufRead, length: u64, body: &mut Vec<u8>) -> io::Result<()> {
    let read = stream.take(length).read_to_end(body)?;
    match u64::try_from(read).unwrap() == length {
        true => Ok(()),
        false => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

fn line(stream: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    stream.read_line(&mut line)?;
    match line.strip_suffix("\r\n") {
        Some(whole) => Ok(whole.to_owned()),
        None => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}
