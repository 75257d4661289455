//! What happens, as it happens: server-sent events.

use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use http::HeaderMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior, interval};
use tollgate_model::{KeyHash, Micros};
use tollgate_store::Store;

use super::calls::{CallSummary, summary};
use crate::access::Principal;
use crate::arrivals::{Arrivals, News};
use crate::control::{Clock, Place, Streams};
use crate::failure::store_failed;
use crate::problem::{Problem, ProblemBody};
use crate::schema::described;
use crate::signin::is_over;

/// The data of an event `calls`: calls that have ended.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct CallsEvent {
    /// The calls, the newest last.
    pub items: Vec<CallSummary>,
    /// How many more ended in the same time and are not told one by one.
    pub missed: u64,
}

/// The data of an event `revision`: the configuration has changed.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct RevisionEvent {
    /// The newest revision.
    pub revision: u64,
}

described!(CallsEvent, RevisionEvent);

/// How often the store is asked for calls.
const PACE: Duration = Duration::from_secs(1);
/// How often it is looked whether the session still holds.
const CHECKS: Duration = Duration::from_secs(3);
/// How long nothing may be sent before a comment is, so that nobody takes the stream for dead.
const ALIVE: Duration = Duration::from_secs(15);
/// After how many seconds it is worth another try where there is no place for a stream.
const FULL_SECONDS: u64 = 10;
/// How old the last event may be from which a stream goes on, in seconds.
const RESUMED: i64 = 600;

/// What happens, as it happens
///
/// A stream of server-sent events: `calls` with a `CallsEvent` when calls have ended, `revision` with
/// a `RevisionEvent` when the configuration has changed. It ends when the session ends, and
/// when the gateway does.
#[utoipa::path(get, path = "/events", tag = "calls", operation_id = "events",
    responses(
        (status = 200, description = "The events, as they happen.",
            content_type = "text/event-stream", body = String),
        (status = 503, description = "`unavailable`: as many streams are open as there may be.",
            content_type = "application/problem+json", body = ProblemBody,
            headers(("retry-after" = u64, description = "Seconds until it is worth another try.")))))]
pub(crate) async fn follow(
    State(store): State<Store>,
    State(clock): State<Clock>,
    State(streams): State<Streams>,
    principal: Principal,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Some(place) = streams.take() else {
        let most = Streams::MOST;
        let detail = format!(
            "{most} streams of events are open, which is as many as there may be; close one, such \
             as a window of the console."
        );
        return Err(Problem::unavailable(detail).retry_after(FULL_SECONDS));
    };
    let now = clock();
    let revisions = store.watch();
    let arrivals = match resumed(&headers, now) {
        Some(at) => Arrivals::after(&store, at).await,
        None => Arrivals::from_now(&store, now).await,
    };
    let follower = Follower {
        arrivals: arrivals.map_err(store_failed)?,
        session: principal.session().map(|session| session.hash),
        store,
        clock,
        revisions,
        pace: at_pace(PACE),
        checks: at_pace(CHECKS),
        place,
    };
    let events = stream::unfold(follower, Follower::next);
    let alive = KeepAlive::new().interval(ALIVE);
    Ok(Sse::new(events).keep_alive(alive).into_response())
}

/// The time after which a stream goes on that was interrupted a short while ago.
fn resumed(headers: &HeaderMap, now: Micros) -> Option<Micros> {
    let id = headers.get("last-event-id")?.to_str().ok()?;
    let at = Micros(id.parse().ok()?);
    (at > now.plus_seconds(-RESUMED)).then_some(at)
}

fn at_pace(pace: Duration) -> Interval {
    let mut pace = interval(pace);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    pace
}

/// Whoever follows along for one stream.
struct Follower {
    store: Store,
    clock: Clock,
    arrivals: Arrivals,
    revisions: watch::Receiver<u64>,
    /// Whose stream it is; `None` for the operator's token, which does not end.
    session: Option<KeyHash>,
    pace: Interval,
    checks: Interval,
    place: Place,
}

type Told = Result<Event, axum::Error>;

impl Follower {
    /// Waits for the next event; `None` ends the stream.
    async fn next(mut self) -> Option<(Told, Follower)> {
        loop {
            tokio::select! {
                changed = self.revisions.changed() => {
                    changed.ok()?;
                    let revision = *self.revisions.borrow_and_update();
                    let event = Event::default().event("revision");
                    return Some((event.json_data(RevisionEvent { revision }), self));
                }
                () = self.place.closes() => return None,
                _ = self.checks.tick() => match self.has_ended().await {
                    true => return None,
                    false => continue,
                },
                _ = self.pace.tick() => {}
            }
            let read = self.arrivals.read(&self.store).await;
            if self.arrivals.is_behind() {
                self.pace.reset_immediately();
            }
            match read {
                Ok(Some(news)) => return Some((self.told(&news), self)),
                Ok(None) => {}
                // The store says so elsewhere; the stream waits until it is back.
                Err(error) => tracing::debug!(%error, "a stream of events cannot read calls"),
            }
        }
    }

    /// Whether the session is over.
    async fn has_ended(&self) -> bool {
        let Some(hash) = self.session else {
            return false;
        };
        match self.store.session(hash).await {
            Ok(found) => found.is_none_or(|session| is_over(&session, (self.clock)())),
            Err(_) => false,
        }
    }

    fn told(&self, news: &News) -> Told {
        let event = Event::default()
            .event("calls")
            .id(self.arrivals.newest().0.to_string());
        event.json_data(CallsEvent {
            items: news.calls.iter().map(summary).collect(),
            missed: news.missed,
        })
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_stream_goes_on_where_it_was_if_that_is_not_long_ago() {
        let now = Micros::parse("2026-11-24T06:00:00Z").unwrap();
        let resumed = |id: String| {
            let mut headers = HeaderMap::new();
            headers.insert("last-event-id", HeaderValue::from_str(&id).unwrap());
            resumed(&headers, now)
        };
        let ago = |seconds: i64| now.plus_seconds(-seconds);
        assert_eq!(resumed(ago(599).0.to_string()), Some(ago(599)));
        assert_eq!(resumed(ago(600).0.to_string()), None);
        assert_eq!(resumed("yesterday".to_owned()), None);
        assert_eq!(super::resumed(&HeaderMap::new(), now), None);
    }
}
