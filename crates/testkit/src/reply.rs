//! What a scripted upstream answers.

use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;

/// The end of a live body that the test holds.
pub struct Feed(mpsc::UnboundedSender<Piece>);

enum Piece {
    Bytes(Vec<u8>),
    End,
    Cut,
}

impl Feed {
    /// Sends bytes as one chunk and one write.
    pub fn send(&self, bytes: impl AsRef<[u8]>) {
        self.put(Piece::Bytes(bytes.as_ref().to_vec()));
    }

    /// Ends the body as it should end.
    pub fn end(self) {
        self.put(Piece::End);
    }

    /// Closes the connection in the middle of the body, after what was sent before.
    pub fn cut(self) {
        self.put(Piece::Cut);
    }

    fn put(&self, piece: Piece) {
        // Where the client is gone, nobody is left to tell.
        let _ = self.0.send(piece);
    }
}

enum Body {
    /// With a content-length.
    Whole(Vec<u8>),
    /// Chunked, each piece written by itself.
    Chunks(Vec<Vec<u8>>),
    /// Chunked, as the test feeds it. Dropping the [`Feed`] cuts.
    Live(mpsc::UnboundedReceiver<Piece>),
    /// These bytes instead of an HTTP answer.
    Raw(Vec<u8>),
    /// Nothing, for ever.
    Hang,
}

/// An answer, to the byte.
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Body,
    cut_after: Option<usize>,
    close: bool,
}

impl Reply {
    fn new(status: u16, content_type: &str, body: Body) -> Reply {
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        Reply {
            status,
            headers,
            body,
            cut_after: None,
            close: false,
        }
    }

    /// A JSON answer with a content-length.
    pub fn json(status: u16, body: impl AsRef<[u8]>) -> Reply {
        Reply::new(
            status,
            "application/json",
            Body::Whole(body.as_ref().to_vec()),
        )
    }

    /// An answer of another type with a content-length.
    pub fn whole(status: u16, content_type: &str, body: impl AsRef<[u8]>) -> Reply {
        Reply::new(status, content_type, Body::Whole(body.as_ref().to_vec()))
    }

    /// An event stream with status 200; each piece is one chunk and one write, so that the cuts
    /// between pieces are the cuts between reads as far as the network lets them be.
    pub fn sse<P: AsRef<[u8]>>(pieces: impl IntoIterator<Item = P>) -> Reply {
        let pieces = pieces.into_iter().map(|piece| piece.as_ref().to_vec());
        Reply::new(200, "text/event-stream", Body::Chunks(pieces.collect()))
    }

    /// A chunked answer with status 200 whose pieces the test sends when it likes.
    pub fn live(content_type: &str) -> (Reply, Feed) {
        let (feed, pieces) = mpsc::unbounded_channel();
        (
            Reply::new(200, content_type, Body::Live(pieces)),
            Feed(feed),
        )
    }

    /// These bytes as they are, then a close: for answers that are no HTTP.
    pub fn raw(bytes: impl AsRef<[u8]>) -> Reply {
        Reply::new(200, "", Body::Raw(bytes.as_ref().to_vec())).and_close()
    }

    /// A close without a byte.
    pub fn close() -> Reply {
        Reply::raw("")
    }

    /// No answer at all, until the client goes.
    pub fn hang() -> Reply {
        Reply::new(200, "", Body::Hang)
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Reply {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Closes the connection after so many bytes of the body: of a chunked one, after the chunk
    /// in which they end was cut to fit.
    #[must_use]
    pub fn cut_after(mut self, bytes: usize) -> Reply {
        self.cut_after = Some(bytes);
        self
    }

    /// Makes a chunk of its own, and a write of its own, of every byte of the body.
    #[must_use]
    pub fn byte_by_byte(mut self) -> Reply {
        let bytes = match &self.body {
            Body::Whole(bytes) => bytes.clone(),
            Body::Chunks(pieces) => pieces.concat(),
            Body::Live(_) | Body::Raw(_) | Body::Hang => return self,
        };
        self.body = Body::Chunks(bytes.into_iter().map(|byte| vec![byte]).collect());
        self
    }

    /// Closes the connection after the answer, and says so in it.
    #[must_use]
    pub fn and_close(mut self) -> Reply {
        self.close = true;
        self
    }

    /// Writes the answer. True where the connection can be used again.
    pub(crate) async fn write_to(self, out: &mut (impl AsyncWrite + Unpin)) -> bool {
        let keep = !self.close;
        let head = self.head();
        let written = match self.body {
            Body::Hang => std::future::pending().await,
            Body::Raw(bytes) => out.write_all(&bytes).await.map(|()| false),
            Body::Whole(bytes) => whole(out, &head, &bytes, self.cut_after).await,
            Body::Chunks(pieces) => chunks(out, &head, &pieces, self.cut_after).await,
            Body::Live(pieces) => live(out, &head, pieces).await,
        };
        written.unwrap_or(false) && keep
    }

    fn head(&self) -> String {
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, phrase(self.status));
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        match &self.body {
            Body::Whole(bytes) => head.push_str(&format!("content-length: {}\r\n", bytes.len())),
            Body::Chunks(_) | Body::Live(_) => head.push_str("transfer-encoding: chunked\r\n"),
            Body::Raw(_) | Body::Hang => {}
        }
        if self.close {
            head.push_str("connection: close\r\n");
        }
        head + "\r\n"
    }
}

/// The usual phrase of a status; clients do not read it.
fn phrase(status: u16) -> &'static str {
    match status {
        200..=299 => "OK",
        400..=499 => "Refused",
        _ => "Failed",
    }
}

type Written = std::io::Result<bool>;

async fn whole(
    out: &mut (impl AsyncWrite + Unpin),
    head: &str,
    bytes: &[u8],
    cut_after: Option<usize>,
) -> Written {
    let sent = cut_after.unwrap_or(bytes.len()).min(bytes.len());
    out.write_all(&[head.as_bytes(), &bytes[..sent]].concat())
        .await?;
    Ok(cut_after.is_none())
}

async fn chunks(
    out: &mut (impl AsyncWrite + Unpin),
    head: &str,
    pieces: &[Vec<u8>],
    cut_after: Option<usize>,
) -> Written {
    out.write_all(head.as_bytes()).await?;
    let mut left = cut_after.unwrap_or(usize::MAX);
    for piece in pieces {
        let sent = left.min(piece.len());
        chunk(out, &piece[..sent]).await?;
        left -= sent;
        if left == 0 {
            return Ok(false);
        }
    }
    end(out, cut_after.is_none()).await
}

async fn live(
    out: &mut (impl AsyncWrite + Unpin),
    head: &str,
    mut pieces: mpsc::UnboundedReceiver<Piece>,
) -> Written {
    out.write_all(head.as_bytes()).await?;
    loop {
        match pieces.recv().await {
            Some(Piece::Bytes(bytes)) => chunk(out, &bytes).await?,
            Some(Piece::End) => return end(out, true).await,
            Some(Piece::Cut) | None => return Ok(false),
        }
    }
}

/// Writes one chunk. An empty piece would be the end of the body, so it is left out.
async fn chunk(out: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> std::io::Result<()> {
    if bytes.is_empty() {
        return Ok(());
    }
    let size = format!("{:x}\r\n", bytes.len());
    out.write_all(&[size.as_bytes(), bytes, b"\r\n"].concat())
        .await?;
    out.flush().await
}

async fn end(out: &mut (impl AsyncWrite + Unpin), keep: bool) -> Written {
    out.write_all(b"0\r\n\r\n").await?;
    Ok(keep)
}
