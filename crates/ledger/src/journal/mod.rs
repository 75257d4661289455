//! The journal: what a worker writes down before it is lost.
//!
//! **Writing.** Each worker appends to its own files, `w{worker}-{sequence}.log`, by one `write`
//! per record: an *intent* before a call is sent to a provider, and the call's record when it has
//! ended. What `append_*` returned for survives the death of the process; [`Committer`] makes it
//! survive a power failure within 10 ms, and [`Position::durable`] waits for that. A call whose
//! record the disk would not take is kept in memory and written as soon as it does; no new intent
//! is taken meanwhile, so no further call is sent.
//!
//! **Segments.** A file that is full is followed by one of the next sequence. The intents that are
//! open at that moment are copied to its beginning, so each segment holds, or has a copy of, the
//! intent of every call that ends in it or later. A segment may therefore be deleted once every
//! call in it is in the store and the copies in its successor are on disk, however long some of its
//! calls go on.
//!
//! **Applying.** [`Pump`] reads the segments up to what was written and hands the calls to
//! [`Book::settle`](crate::Book::settle) in batches, each with the cursor up to which a segment is
//! applied. While the store is away it tries again and the journal grows; calls are served on.
//!
//! **Recovery.** [`recover()`] runs before any journal is opened. It reads every segment from its
//! start: calls past the cursor are settled; intents without a call are calls that were sent when
//! the process died, and are resolved by policy; then every lease of the node ends. It can itself
//! be cut off at any point and run again, for the same reasons:
//!
//! - A call is settled once whatever is read twice, since the store knows it by its id. A cursor
//!   only saves work. It names a file by its first record as well, lest a new file of the same
//!   name be taken for an old one.
//! - Leases end only when every call of the node is in the store. Before that, money that was taken
//!   and not yet settled is still leased to this node, so nobody else can spend it.
//! - Segments are deleted last and oldest first, so that an intent never outlives its call's
//!   record.
//!
//! **Damage.** A record whose checksum is wrong at the end of a segment was cut off with its
//! process and is dropped: nothing was returned for it. In the middle it is damage: it is reported
//! as an error, reading goes on at the next whole record, and the file is kept as `….damaged`.

mod commit;
mod json;
mod pump;
mod record;
mod recover;
mod segment;
mod writer;

pub use commit::Committer;
pub use pump::{Pump, PumpStatus};
pub use recover::{RecoverError, Recovered, Unsettled, recover};
pub use writer::{Journal, Position};
