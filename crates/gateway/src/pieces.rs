//! The body of a request in pieces, so that what is put in between the caller's bytes leaves those
//! where they are, however many there are of them.

use std::collections::VecDeque;
use std::io::IoSlice;

use bytes::{Buf, Bytes, BytesMut};

/// Pieces, none of which but the first is empty.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pieces {
    first: Bytes,
    rest: VecDeque<Bytes>,
}

impl Pieces {
    /// All of it in one piece; copied where there are several.
    pub(crate) fn whole(&self) -> Bytes {
        if self.rest.is_empty() {
            return self.first.clone();
        }
        let mut whole = BytesMut::with_capacity(self.remaining());
        whole.extend_from_slice(&self.first);
        self.rest
            .iter()
            .for_each(|piece| whole.extend_from_slice(piece));
        whole.freeze()
    }
}

impl From<Bytes> for Pieces {
    fn from(bytes: Bytes) -> Pieces {
        Pieces {
            first: bytes,
            rest: VecDeque::new(),
        }
    }
}

impl From<Vec<Bytes>> for Pieces {
    fn from(pieces: Vec<Bytes>) -> Pieces {
        let mut rest: VecDeque<Bytes> = pieces.into();
        rest.retain(|piece| !piece.is_empty());
        Pieces {
            first: rest.pop_front().unwrap_or_default(),
            rest,
        }
    }
}

impl Buf for Pieces {
    fn remaining(&self) -> usize {
        self.first.len() + self.rest.iter().map(Bytes::len).sum::<usize>()
    }

    fn chunk(&self) -> &[u8] {
        &self.first
    }

    fn chunks_vectored<'a>(&'a self, out: &mut [IoSlice<'a>]) -> usize {
        let pieces = std::iter::once(&self.first).chain(&self.rest);
        let pieces = pieces.filter(|piece| !piece.is_empty());
        let filled = out.iter_mut().zip(pieces).map(|(slot, piece)| {
            *slot = IoSlice::new(piece);
        });
        filled.count()
    }

    fn advance(&mut self, mut count: usize) {
        loop {
            let step = count.min(self.first.len());
            self.first.advance(step);
            count -= step;
            if !self.first.is_empty() {
                return;
            }
            match self.rest.pop_front() {
                Some(next) => self.first = next,
                None => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(texts: &[&'static str]) -> Pieces {
        let bytes = texts.iter().map(|text| Bytes::from_static(text.as_bytes()));
        Pieces::from(bytes.collect::<Vec<_>>())
    }

    #[test]
    fn pieces_are_read_in_their_order_however_they_are_cut() {
        for step in 1..8 {
            let mut left = pieces(&["", "ab", "", "c", "defg"]);
            assert_eq!((left.remaining(), &left.whole()[..]), (7, &b"abcdefg"[..]));
            let mut read = Vec::new();
            while left.has_remaining() {
                let taken = step.min(left.chunk().len());
                read.extend_from_slice(&left.chunk()[..taken]);
                left.advance(taken);
            }
            assert_eq!(read, b"abcdefg");
        }
        let mut over = pieces(&["ab", "cd"]);
        over.advance(3);
        assert_eq!((over.chunk(), over.remaining()), (&b"d"[..], 1));
    }

    #[test]
    fn pieces_are_offered_side_by_side_to_be_written() {
        let some = pieces(&["ab", "cd", "ef"]);
        let mut slots = [IoSlice::new(&[]); 2];
        assert_eq!(some.chunks_vectored(&mut slots), 2);
        assert_eq!((&slots[0][..], &slots[1][..]), (&b"ab"[..], &b"cd"[..]));
        assert_eq!(Pieces::default().chunks_vectored(&mut slots), 0);
    }
}
