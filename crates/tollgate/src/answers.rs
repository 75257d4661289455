//! The answers that nodes share, in Valkey or Redis.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{AsyncCommands, Client, RedisError};
use tokio::runtime::Handle;
use tollgate_gateway::SharedAnswers;
use tollgate_model::snapshot::SecretText;

use crate::clock;
use crate::failure::Failure;

/// How long a server that failed is left alone, in microseconds: meanwhile every look is a miss, and no
/// call waits for it.
const REST: i64 = 5_000_000;
/// How long the server may take, a connection included.
const LIMIT: Duration = Duration::from_millis(100);

/// A server that keeps answers for several nodes.
pub(crate) struct Valkey {
    client: Client,
    connection: OnceLock<ConnectionManager>,
    /// Where the connection lives: the gateway's workers come and go.
    runtime: Handle,
    /// Until when it is left alone.
    rests_until: AtomicI64,
}

/// The server of the settings. Fails where its address is none.
pub(crate) fn shared(
    address: Option<&SecretText>,
    runtime: Handle,
) -> Result<Option<Arc<dyn SharedAnswers>>, Failure> {
    let Some(address) = address else {
        return Ok(None);
    };
    // The protocol is the same, and so is the address but for its name.
    let address = address.reveal();
    let address = address
        .strip_prefix("valkey://")
        .map_or_else(|| address.to_owned(), |rest| format!("redis://{rest}"));
    // What is wrong with an address may quote the password in it.
    let client = Client::open(address).map_err(|_| {
        let message = "cache.server: this is no address such as redis://host:6379/0";
        Failure::Usage(message.to_owned())
    })?;
    Ok(Some(Arc::new(Valkey {
        client,
        connection: OnceLock::new(),
        runtime,
        rests_until: AtomicI64::new(0),
    })))
}

impl Valkey {
    fn connection(&self) -> Result<ConnectionManager, RedisError> {
        if let Some(connection) = self.connection.get() {
            return Ok(connection.clone());
        }
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(LIMIT))
            .set_response_timeout(Some(LIMIT))
            .set_number_of_retries(0);
        let _entered = self.runtime.enter();
        let connection = self.client.get_connection_manager_lazy(config)?;
        Ok(self.connection.get_or_init(|| connection).clone())
    }

    /// Does something with the server, unless it rests. `None` where it failed or took too long.
    async fn within<T>(&self, work: impl Future<Output = Result<T, RedisError>>) -> Option<T> {
        if clock::now().0 < self.rests_until.load(Ordering::Relaxed) {
            return None;
        }
        let why = match tokio::time::timeout(LIMIT, work).await {
            Ok(Ok(done)) => return Some(done),
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("nothing came within {} ms", LIMIT.as_millis()),
        };
        self.rests_until
            .store(clock::now().0 + REST, Ordering::Relaxed);
        tracing::warn!(
            why,
            "the server that keeps answers fails; calls go on without it"
        );
        None
    }
}

/// The name under which an answer is kept.
fn name(key: [u8; 32]) -> Vec<u8> {
    [b"tollgate:answer:".as_slice(), &key].concat()
}

impl SharedAnswers for Valkey {
    fn get(&self, key: [u8; 32]) -> Pin<Box<dyn Future<Output = Option<Bytes>> + Send + '_>> {
        Box::pin(async move {
            let found = self.within(async {
                let found: Option<Vec<u8>> = self.connection()?.get(name(key)).await?;
                Ok(found)
            });
            found.await.flatten().map(Bytes::from)
        })
    }

    fn put(
        &self,
        key: [u8; 32],
        answer: Bytes,
        lives: Duration,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async move {
            let seconds = lives.as_secs().max(1);
            let kept = self.within(async {
                let mut connection = self.connection()?;
                connection
                    .set_ex::<_, _, ()>(name(key), &answer[..], seconds)
                    .await
            });
            kept.await;
        })
    }
}
