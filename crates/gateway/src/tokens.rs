//! Tokens: had from the server that a credential names, kept for all workers, renewed before they run
//! out. A token is never logged, and never stands in an error.
//!
//! A call takes the token that is there. The first call that meets one near its end sets off its
//! renewal, which runs beside it; only a call that finds none has to wait, and those that come
//! meanwhile wait with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

use arc_swap::ArcSwapOption;
use tokio::sync::Mutex;
use tollgate_model::Micros;
use tollgate_model::snapshot::TokenSource;

use crate::settings::Clock;
use crate::tls::Tls;
use crate::token::{self, Token};
use crate::upstream::Failure;

/// How many seconds pass before a renewal that failed is tried again.
const AGAIN: i64 = 10;

/// A token, and whether it was had for this very call.
pub(crate) struct Had {
    pub(crate) token: Arc<Token>,
    pub(crate) is_new: bool,
}

/// The tokens of one source.
struct Holder {
    source: Arc<TokenSource>,
    token: ArcSwapOption<Token>,
    /// Held by the one that asks, while others wait for what it gets.
    turn: Mutex<()>,
    /// Counts the askings, so that those who waited know whether they share what came of one.
    asked: AtomicU64,
    failed: ArcSwapOption<Failure>,
    renewing: AtomicBool,
    /// A renewal that failed is not tried again before this time; microseconds.
    rests_until: AtomicI64,
}

/// The tokens of every source that was used.
pub(crate) struct TokenBook {
    holders: papaya::HashMap<Arc<TokenSource>, Arc<Holder>>,
    tls: Arc<Tls>,
    clock: Clock,
}

impl TokenBook {
    pub(crate) fn new(tls: Arc<Tls>, clock: Clock) -> TokenBook {
        TokenBook {
            holders: papaya::HashMap::new(),
            tls,
            clock,
        }
    }

    /// The token of a source. Fails as a provider fails that cannot be reached, or that does not
    /// accept the credential.
    pub(crate) async fn get(&self, source: &Arc<TokenSource>) -> Result<Had, Failure> {
        let holder = self.holder(source);
        let now = (self.clock)();
        let Some(token) = holder.usable(now) else {
            return holder.wait(&self.tls, &self.clock).await;
        };
        if now >= token.renewed_from && holder.may_renew(now) {
            let (tls, clock) = (Arc::clone(&self.tls), Arc::clone(&self.clock));
            tokio::spawn(async move { holder.renew(&tls, &clock).await });
        }
        Ok(Had {
            token,
            is_new: false,
        })
    }

    /// Forgets a token that a provider does not accept, although it should still hold.
    pub(crate) fn forget(&self, source: &Arc<TokenSource>, token: &Arc<Token>) {
        let refused = Some(Arc::clone(token));
        self.holder(source).token.compare_and_swap(&refused, None);
    }

    fn holder(&self, source: &Arc<TokenSource>) -> Arc<Holder> {
        let pinned = self.holders.pin();
        if let Some(holder) = pinned.get(source) {
            return Arc::clone(holder);
        }
        let made = || Arc::new(Holder::new(Arc::clone(source)));
        Arc::clone(pinned.get_or_insert_with(Arc::clone(source), made))
    }
}

impl Holder {
    fn new(source: Arc<TokenSource>) -> Holder {
        Holder {
            source,
            token: ArcSwapOption::empty(),
            turn: Mutex::new(()),
            asked: AtomicU64::new(0),
            failed: ArcSwapOption::empty(),
            renewing: AtomicBool::new(false),
            rests_until: AtomicI64::new(0),
        }
    }

    fn usable(&self, now: Micros) -> Option<Arc<Token>> {
        let token = self.token.load_full();
        token.filter(|token| now < token.used_until)
    }

    /// Asks for a token, or waits for the one that another call asks for.
    async fn wait(&self, tls: &Tls, clock: &Clock) -> Result<Had, Failure> {
        let before = self.asked.load(Ordering::Acquire);
        let turn = self.turn.lock().await;
        if let Some(token) = self.usable(clock()) {
            return Ok(Had {
                token,
                is_new: true,
            });
        }
        if self.asked.load(Ordering::Acquire) != before
            && let Some(failure) = self.failed.load_full()
        {
            return Err(Failure::clone(&failure));
        }
        let had = self.ask(tls, clock).await;
        drop(turn);
        had
    }

    async fn ask(&self, tls: &Tls, clock: &Clock) -> Result<Had, Failure> {
        let asked = token::ask(&self.source, tls, clock).await;
        let had = asked.map(Arc::new);
        match &had {
            Ok(token) => self.token.store(Some(Arc::clone(token))),
            Err(failure) => self.failed.store(Some(Arc::new(failure.clone()))),
        }
        self.asked.fetch_add(1, Ordering::AcqRel);
        had.map(|token| Had {
            token,
            is_new: true,
        })
    }

    /// Whether this caller is the one to renew the token.
    fn may_renew(&self, now: Micros) -> bool {
        now.0 >= self.rests_until.load(Ordering::Acquire)
            && !self.renewing.swap(true, Ordering::AcqRel)
    }

    /// Renews the token while the old one still holds. Where that fails, the old one stays.
    async fn renew(&self, tls: &Tls, clock: &Clock) {
        let turn = self.turn.lock().await;
        if let Err(failure) = self.ask(tls, clock).await {
            tracing::warn!(
                class = failure.class.as_str(),
                note = failure.note,
                "a token could not be renewed; the old one is used while it holds"
            );
            let next = clock().plus_seconds(AGAIN).0;
            self.rests_until.store(next, Ordering::Release);
        }
        drop(turn);
        self.renewing.store(false, Ordering::Release);
    }
}
