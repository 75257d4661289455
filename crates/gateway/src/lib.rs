//! The data plane. One single-threaded runtime per core, each with its own accept socket, its own
//! connections to providers and its own journal; what the workers share is the snapshot, the key
//! ring, the ledger's atomics and the health of credentials. There is no SQL here, and no lock that two
//! workers share.
//!
//! A call runs down nine stages ([`stages`]), once and never back; [`driver`] is the list of them.
//! A stage appends to the [`exchange::Exchange`] or ends the walk with a refusal, and calls no other
//! stage.

mod address;
mod answer;
mod batches;
mod body;
mod bound;
mod cabinet;
mod cache;
mod connection;
mod download;
mod driver;
mod errand;
mod exchange;
mod files;
mod gateway;
mod given;
mod health;
mod holding;
mod kept;
mod keys;
mod listener;
mod models;
mod objects;
mod open;
mod outgoing;
mod pages;
mod pieces;
mod pool;
mod probe;
mod proof;
mod quantities;
mod realtime;
mod recall;
mod references;
mod routing;
mod sandbox;
mod sandbox_files;
mod sandbox_session;
mod sandbox_tasks;
mod settings;
mod settlement;
mod shelf;
mod signed;
mod sigv4;
mod socket;
mod spool;
mod stages;
mod stream;
mod task;
mod thread;
mod tier;
mod tls;
mod token;
mod tokens;
mod upstream;
mod worker;

pub use cabinet::{BatchSettlement, FileCabinet, Filed};
pub use cache::SharedAnswers;
pub use gateway::{Gateway, Parts};
pub use health::{CredentialHealth, CredentialState, LastFailure};
pub use keys::{KeyFound, KeyLookup};
pub use probe::probe;
pub use routing::quota::QuotaState;
pub use routing::target::TargetHealth;
pub use settings::{Clock, Limits, Settings};
pub use shelf::{AnswerFound, AnswerShelf};
