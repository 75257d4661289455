use std::time::Duration;

use axum::body::Body;
use http::Request;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::time::timeout;
use tollgate_model::Role;
use tower::ServiceExt;

use crate::browser::{Browser, now, pass, person};
use crate::desk::{Desk, TOKEN};
use crate::records::{call, refused, settle};

/// The longest that anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(20);

/// An open stream of events.
struct Stream {
    body: Body,
    rest: String,
}

/// An event, taken apart.
#[derive(Debug)]
struct Event {
    kind: String,
    id: Option<String>,
    data: Value,
}

impl Stream {
    /// Opens a stream as the operator, after this event.
    async fn open(desk: &Desk, last: Option<&str>) -> Stream {
        let mut request = Request::get("/api/v1/events")
            .header("host", "localhost")
            .header("authorization", format!("Bearer {TOKEN}"));
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        Stream::of(desk, request.body(Body::empty()).unwrap()).await
    }

    async fn of(desk: &Desk, request: Request<Body>) -> Stream {
        let answer = desk.router.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        Stream {
            body: answer.into_body(),
            rest: String::new(),
        }
    }

    /// Waits for the next event; `None` where the stream ends.
    async fn next(&mut self) -> Option<Event> {
        loop {
            while let Some((block, rest)) = self.rest.split_once("\n\n") {
                let event = event(block);
                self.rest = rest.to_owned();
                if event.is_some() {
                    return event;
                }
            }
            let frame = timeout(PATIENCE, self.body.frame()).await.unwrap()?;
            let bytes = frame.unwrap().into_data().unwrap();
            self.rest += std::str::from_utf8(&bytes).unwrap();
        }
    }

    /// Waits for calls, and gives the numbers of those that are told.
    async fn calls(&mut self) -> (Vec<u64>, u64) {
        let event = self.next().await.unwrap();
        assert_eq!(event.kind, "calls");
        (numbers(&event.data), event.data["missed"].as_u64().unwrap())
    }
}

fn event(block: &str) -> Option<Event> {
    let member = |name: &str| {
        let mut lines = block.lines();
        lines.find_map(|line| line.strip_prefix(name).map(str::to_owned))
    };
    Some(Event {
        kind: member("event: ")?,
        id: member("id: "),
        data: serde_json::from_str(&member("data: ")?).unwrap(),
    })
}

/// The numbers of the calls of an event: each has its number in its duration.
fn numbers(data: &Value) -> Vec<u64> {
    let items = data["items"].as_array().unwrap().iter();
    items
        .map(|item| item["duration"].as_u64().unwrap())
        .collect()
}

/// Has calls of these numbers arrive, all at once.
async fn arrive(desk: &Desk, numbers: impl IntoIterator<Item = u64>) {
    let at = now(desk).to_string();
    let calls = numbers
        .into_iter()
        .map(|number| call(number, &at, json!({ "duration": number })));
    settle(desk, calls).await;
}

#[tokio::test]
async fn calls_are_told_once_as_they_arrive_whenever_they_began() {
    let desk = Desk::furnished().await;
    arrive(&desk, [1]).await;
    let mut stream = Stream::open(&desk, None).await;
    arrive(&desk, [2]).await;
    assert_eq!(
        stream.calls().await,
        (vec![2], 0),
        "what was there is not news"
    );
    pass(&desk, 1);
    let long = call(3, "2026-11-24T05:00:00Z", json!({ "duration": 3 }));
    settle(&desk, [long]).await;
    arrive(&desk, [4]).await;
    let mut told = Vec::new();
    while told.len() < 2 {
        told.extend(stream.calls().await.0);
    }
    assert_eq!(told, [3, 4]);
    pass(&desk, 60);
    settle(&desk, [call(5, "2026-11-24T06:00:30Z", refused())]).await;
    let event = stream.next().await.unwrap();
    assert_eq!(event.id.unwrap(), now(&desk).0.to_string());
    insta::assert_snapshot!(serde_json::to_string_pretty(&event.data).unwrap(), @r#"
    {
      "items": [
        {
          "application": "web",
          "at": "2026-11-24T06:00:30Z",
          "cost": "0.00",
          "duration": 2000000,
          "ending": "refused",
          "first_byte": 400000,
          "id": "call_01m8628e1g0000000000000005",
          "key": "web-key",
          "model": "smart",
          "reason": "balance_exhausted",
          "status": 402,
          "stream": false,
          "team": "acme",
          "tokens": 0
        }
      ],
      "missed": 0
    }
    "#);
}

#[tokio::test]
async fn where_too_many_calls_arrive_the_newest_are_told_and_the_others_counted() {
    let desk = Desk::furnished().await;
    let mut stream = Stream::open(&desk, None).await;
    arrive(&desk, 1..=130).await;
    let (told, missed) = stream.calls().await;
    assert_eq!((told, missed), ((31..=130).collect(), 30));
    pass(&desk, 1);
    arrive(&desk, 131..=900).await;
    pass(&desk, 1);
    arrive(&desk, 901..=1_900).await;
    let (mut last, mut counted) = (0, 0);
    while last < 1_900 {
        let (told, missed) = stream.calls().await;
        counted += told.len() as u64 + missed;
        last = *told.last().unwrap();
    }
    assert_eq!(counted, 1_770);
    pass(&desk, 1);
    arrive(&desk, [1_901]).await;
    assert_eq!(stream.calls().await, (vec![1_901], 0));
}

#[tokio::test]
async fn a_new_revision_is_told_at_once() {
    let desk = Desk::furnished().await;
    let mut stream = Stream::open(&desk, None).await;
    desk.put("/api/v1/resources/Team/ops", json!({ "spec": {} }))
        .await
        .expect(201);
    let event = stream.next().await.unwrap();
    assert_eq!(event.kind, "revision");
    assert_eq!(event.data, json!({ "revision": desk.revision().await }));
}

#[tokio::test]
async fn an_interrupted_stream_goes_on_where_it_was() {
    let desk = Desk::furnished().await;
    arrive(&desk, [1]).await;
    let last = now(&desk).0.to_string();
    pass(&desk, 1);
    arrive(&desk, [2]).await;
    let mut stream = Stream::open(&desk, Some(&last)).await;
    assert_eq!(stream.calls().await, (vec![2], 0));
    pass(&desk, 600);
    let mut late = Stream::open(&desk, Some(&last)).await;
    arrive(&desk, [3]).await;
    assert_eq!(late.calls().await, (vec![3], 0), "that was too long ago");
}

#[tokio::test]
async fn a_stream_ends_when_its_session_does() {
    let desk = Desk::furnished().await;
    person(&desk, "ann", Role::Viewer).await;
    let browser = Browser::of(&desk, "ann").await;
    let request = || browser.request("GET", "/api/v1/events", &[], None);
    let mut stream = Stream::of(&desk, request()).await;
    arrive(&desk, [1]).await;
    assert_eq!(stream.calls().await.0, [1]);
    desk.store
        .end_sessions(&"ann".parse().unwrap())
        .await
        .unwrap();
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn a_stream_ends_when_the_listener_closes() {
    let desk = Desk::furnished().await;
    let mut stream = Stream::open(&desk, None).await;
    arrive(&desk, [1]).await;
    assert_eq!(stream.calls().await.0, [1]);
    desk.closing.send_replace(true);
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn there_are_at_most_64_streams_and_one_that_closes_makes_room() {
    let desk = Desk::new().await;
    let mut streams = Vec::new();
    for _ in 0..64 {
        streams.push(Stream::open(&desk, None).await);
    }
    let refused = desk.get("/api/v1/events").await;
    assert_eq!(refused.headers["retry-after"], "10");
    insta::assert_snapshot!(refused.problem(503), @"unavailable: 64 streams of events are open, which is as many as there may be; close one, such as a window of the console.");
    streams.pop();
    Stream::open(&desk, None).await;
}
