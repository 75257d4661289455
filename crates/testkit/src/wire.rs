//! Reading HTTP/1.1 requests off a socket, as far as tests need it.

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::watch;

use crate::received::Received;

/// Reads one request. `unread` holds what was read beyond the last one. `None` where the client
/// closed the connection, or sent what is no request.
pub(crate) async fn read_request(
    stream: &mut (impl AsyncRead + Unpin),
    unread: &mut Vec<u8>,
    connection: usize,
) -> Option<Received> {
    let head_end = loop {
        match find(unread, b"\r\n\r\n") {
            Some(at) => break at + 4,
            None => more(stream, unread).await?,
        }
    };
    let head: Vec<u8> = unread.drain(..head_end).collect();
    let head = String::from_utf8(head).ok()?;
    let mut lines = head.split("\r\n").filter(|line| !line.is_empty());
    let mut words = lines.next()?.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let body = read_body(stream, unread, &headers).await?;
    let gone = watch::Sender::new(false);
    Some(Received {
        method,
        target,
        headers,
        body,
        connection,
        gone,
    })
}

async fn read_body(
    stream: &mut (impl AsyncRead + Unpin),
    unread: &mut Vec<u8>,
    headers: &[(String, String)],
) -> Option<Vec<u8>> {
    let value = |wanted: &str| headers.iter().find(|(name, _)| name == wanted);
    if value("transfer-encoding").is_some() {
        return read_chunks(stream, unread).await;
    }
    match value("content-length") {
        Some((_, length)) => take(stream, unread, length.parse().ok()?).await,
        None => Some(Vec::new()),
    }
}

async fn read_chunks(
    stream: &mut (impl AsyncRead + Unpin),
    unread: &mut Vec<u8>,
) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = loop {
            match find(unread, b"\r\n") {
                Some(at) => break take(stream, unread, at + 2).await?,
                None => more(stream, unread).await?,
            }
        };
        let digits: String = line
            .iter()
            .map(|byte| char::from(*byte))
            .take_while(char::is_ascii_hexdigit)
            .collect();
        let length = usize::from_str_radix(&digits, 16).ok()?;
        let chunk = take(stream, unread, length + 2).await?;
        if length == 0 {
            return Some(body);
        }
        body.extend_from_slice(&chunk[..length]);
    }
}

async fn take(
    stream: &mut (impl AsyncRead + Unpin),
    unread: &mut Vec<u8>,
    length: usize,
) -> Option<Vec<u8>> {
    while unread.len() < length {
        more(stream, unread).await?;
    }
    Some(unread.drain(..length).collect())
}

/// Reads whatever is there. `None` at the end of the connection.
async fn more(stream: &mut (impl AsyncRead + Unpin), unread: &mut Vec<u8>) -> Option<()> {
    match stream.read_buf(unread).await {
        Ok(length) if length > 0 => Some(()),
        Ok(_) | Err(_) => None,
    }
}

/// Reads until the client hangs up, and keeps what it sent meanwhile.
pub(crate) async fn read_to_end(stream: &mut (impl AsyncRead + Unpin), unread: &mut Vec<u8>) {
    while more(stream, unread).await.is_some() {}
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}
