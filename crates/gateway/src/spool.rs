//! A file on its way through, on disk and not in memory: it is written as it comes, and has no name
//! any more, so that nothing is left of it when the process ends.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::task::{JoinHandle, spawn_blocking};

/// How much is written or read at once.
const PIECE: usize = 256 * 1024;

/// A file under way.
pub(crate) struct Spool {
    file: Arc<File>,
    waiting: Vec<u8>,
    written: u64,
}

/// A file that is whole.
#[derive(Clone)]
pub(crate) struct Spooled {
    file: Arc<File>,
    length: u64,
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    spawn_blocking(work)
        .await
        .unwrap_or_else(|ended| Err(io::Error::other(ended)))
}

impl Spool {
    /// An empty file in a folder, under a name that nobody else uses.
    pub(crate) async fn open(folder: &Path, name: String) -> io::Result<Spool> {
        let path = folder.join(name);
        let file = blocking(move || {
            let mut options = OpenOptions::new();
            options.read(true).write(true).create_new(true).mode(0o600);
            let file = options.open(&path)?;
            std::fs::remove_file(&path)?;
            Ok(file)
        });
        Ok(Spool {
            file: Arc::new(file.await?),
            waiting: Vec::new(),
            written: 0,
        })
    }

    /// How many bytes were pushed.
    pub(crate) fn length(&self) -> u64 {
        self.written + self.waiting.len() as u64
    }

    /// Appends bytes.
    pub(crate) async fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= PIECE {
            self.flush().await?;
        }
        Ok(())
    }

    async fn flush(&mut self) -> io::Result<()> {
        let (file, at) = (Arc::clone(&self.file), self.written);
        let bytes = std::mem::take(&mut self.waiting);
        self.written += bytes.len() as u64;
        blocking(move || file.write_all_at(&bytes, at)).await
    }

    /// The file, which is whole.
    pub(crate) async fn finish(mut self) -> io::Result<Spooled> {
        self.flush().await?;
        Ok(Spooled {
            file: self.file,
            length: self.written,
        })
    }
}

impl Spooled {
    /// How long it is, in bytes.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// A piece of it from a place on; empty at its end.
    pub(crate) async fn read(&self, at: u64) -> io::Result<Bytes> {
        let whole = self.clone();
        blocking(move || whole.piece(at)).await
    }

    fn piece(&self, at: u64) -> io::Result<Bytes> {
        let left = usize::try_from(self.length.saturating_sub(at)).unwrap_or(usize::MAX);
        let mut piece = vec![0; left.min(PIECE)];
        self.file.read_exact_at(&mut piece, at)?;
        Ok(piece.into())
    }
}

/// A body that is made of a head, a file and a tail.
pub(crate) struct Upload {
    head: Bytes,
    file: Spooled,
    at: u64,
    reading: Option<JoinHandle<io::Result<Bytes>>>,
    tail: Bytes,
}

impl Upload {
    /// The body of these.
    pub(crate) fn new(head: Bytes, file: Spooled, tail: Bytes) -> Upload {
        Upload {
            head,
            file,
            at: 0,
            reading: None,
            tail,
        }
    }

    fn left(&self) -> u64 {
        let around = (self.head.len() + self.tail.len()) as u64;
        around + self.file.length.saturating_sub(self.at)
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let this = self.get_mut();
        if !this.head.is_empty() {
            let head = std::mem::take(&mut this.head);
            return Poll::Ready(Some(Ok(Frame::data(head))));
        }
        if this.at < this.file.length {
            let reading = this.reading.get_or_insert_with(|| {
                let (file, at) = (this.file.clone(), this.at);
                spawn_blocking(move || file.piece(at))
            });
            let read = ready!(Pin::new(reading).poll(cx));
            this.reading = None;
            let piece = read.unwrap_or_else(|ended| Err(io::Error::other(ended)))?;
            this.at += piece.len() as u64;
            return Poll::Ready(Some(Ok(Frame::data(piece))));
        }
        if this.tail.is_empty() {
            return Poll::Ready(None);
        }
        let tail = std::mem::take(&mut this.tail);
        Poll::Ready(Some(Ok(Frame::data(tail))))
    }

    fn is_end_stream(&self) -> bool {
        self.left() == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left())
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    #[tokio::test]
    async fn a_file_goes_through_in_pieces_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = Spool::open(folder.path(), "one".to_owned()).await.unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        let content: Vec<u8> = (0..700_001u32).map(|n| n.to_le_bytes()[0]).collect();
        for piece in content.chunks(99_991) {
            spool.push(piece).await.unwrap();
        }
        assert_eq!(spool.length(), 700_001);
        let file = spool.finish().await.unwrap();
        assert_eq!(file.read(0).await.unwrap().len(), PIECE);
        assert_eq!(file.read(700_000).await.unwrap(), content[700_000..]);
        assert!(file.read(700_001).await.unwrap().is_empty());
        let upload = Upload::new("head".into(), file, "tail".into());
        assert_eq!(upload.size_hint().exact(), Some(700_009));
        let sent = upload.collect().await.unwrap().to_bytes();
        assert_eq!(sent, [&b"head"[..], &content, b"tail"].concat());
    }
}
