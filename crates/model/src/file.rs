//! Files and batches that applications have at providers.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::account::AccountId;
use crate::call::CallRecord;
use crate::kept::Origin;
use crate::price::{Asked, Price, Several};
use crate::{CallId, Micros, Nanos};

/// A file that a provider keeps for an application. Only that application may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFile {
    /// The provider's id for it, by which callers know it too.
    pub id: String,
    /// The name of the application.
    pub application: Arc<str>,
    /// Where it lies, and the credential that knows it there.
    pub origin: Origin,
    /// What it is for, in OpenAI's words: `batch`, `user_data`, …
    pub purpose: String,
    /// When it was made here.
    pub at: Micros,
    /// When the provider deletes it, where it said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Micros>,
    /// What the provider said of it, a JSON object.
    pub object: String,
    /// What its requests ask for, where it is for a batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<BatchInput>,
}

/// What the requests of a file for a batch ask for, all of one model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchInput {
    /// The model as the caller names it.
    pub model: String,
    /// The provider's name for it.
    pub target: Arc<str>,
    /// The path of every request, such as `/v1/chat/completions`.
    pub endpoint: String,
    /// The most that they can use together, besides tokens of answers.
    pub asked: Asked,
    /// The most tokens of answers.
    pub output_tokens: u64,
    /// How many they are.
    pub several: Several,
}

/// A batch, from the moment at which money was set aside for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeptBatch {
    /// The call that made it, by whose id it is settled.
    pub call: CallId,
    /// The provider's id for it, by which callers know it too; `None` as long as the provider has not
    /// told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The name of the application.
    pub application: Arc<str>,
    /// Where it is worked on, and the credential that knows it there.
    pub origin: Origin,
    /// The id of its file of requests.
    pub input: String,
    /// The path of every request.
    pub endpoint: String,
    /// When money was set aside for it.
    pub at: Micros,
    /// The price by which it is settled: that of its beginning.
    pub price: Price,
    /// How many requests are in it.
    pub requests: u64,
    /// The most that it can cost.
    pub bound: Nanos,
    /// What is set aside on each account.
    pub holds: Vec<(AccountId, Nanos)>,
    /// Its record, as far as it was known at its beginning.
    pub draft: Box<CallRecord>,
    /// What the provider said of it last, a JSON object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Whether it has ended and its money is where it belongs.
    pub settled: bool,
}

impl KeptBatch {
    /// All that is set aside for it, on all accounts together; `None` where that is beyond an amount.
    pub fn held(&self) -> Option<Nanos> {
        let mut holds = self.holds.iter();
        holds.try_fold(Nanos::ZERO, |sum, (_, held)| sum.checked_add(*held))
    }
}

/// Which part of a list is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePage {
    /// Only files for this purpose.
    pub purpose: Option<String>,
    /// Those that come after the one of this id.
    pub after: Option<String>,
    /// Whether the oldest come first.
    pub ascending: bool,
    /// At most so many.
    pub limit: u32,
}
