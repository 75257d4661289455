//! Calls that were refused or failed, grouped by what said no. The groups are kept beside the calls
//! as these are settled, so that they outlive them and nobody has to look through calls.

mod add;
mod groups;
mod read;

use tollgate_model::Micros;

use crate::sql::values;
use crate::usage::Grain;
use crate::{Store, StoreError};

pub(crate) use add::add;
pub use groups::{Hit, RefusalFilter, RefusalGroup, RefusalKey, ShortRange};

use groups::LOCK;

impl Store {
    /// Groups of calls that were refused or failed: those that were answered with 402 first, then
    /// those that were last seen; at most `limit`. `grain` is the length of the slots that are
    /// added up.
    pub async fn refusals(
        &self,
        filter: &RefusalFilter,
        grain: Grain,
        limit: u32,
    ) -> Result<Vec<RefusalGroup>, StoreError> {
        self.database()
            .read(
                (filter.clone(), grain, limit),
                |conn, (filter, grain, limit)| Box::pin(read::list(conn, filter, *grain, *limit)),
            )
            .await
    }

    /// How many groups a filter lets through, its times aside, of which a call was refused at
    /// `since` or later with no like call answered after it.
    pub async fn open_refusals(
        &self,
        filter: &RefusalFilter,
        since: Micros,
    ) -> Result<u64, StoreError> {
        self.database()
            .read((filter.clone(), since), |conn, (filter, since)| {
                Box::pin(read::count_open(conn, filter, *since))
            })
            .await
    }

    /// Forgets who was refused for the last time before a time. Answers how many rows that were.
    pub async fn prune_refused(&self, before: Micros) -> Result<u64, StoreError> {
        self.database()
            .write(before, |conn, before| {
                Box::pin(async move {
                    conn.lock_database(LOCK).await?;
                    let sql = "DELETE FROM refused WHERE last_at < $1";
                    conn.execute(sql, &values![*before]).await
                })
            })
            .await
    }
}
