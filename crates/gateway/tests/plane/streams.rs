//! Streamed answers: what passes, when it passes, and how they end.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use socket2::{Domain, Socket, Type};
use tollgate_model::call::{CallRecord, Ending, FailureClass};
use tollgate_model::usage::UsageQuality;
use tollgate_testkit::{Reply, Upstream};

use crate::client::Client;
use crate::voices::{ALL, ANTHROPIC, COST, GEMINI, OPENAI, streamed, words};
use crate::world::{PROVIDER_KEY, Setup, chat, soon, until};

/// What a provider may write that no client of ours would: comments, other fields, odd spacing,
/// members that nobody knows, numbers in every spelling, no space behind the colon.
const ODD: &str = concat!(
    ": a comment\n\n",
    "data: {\"id\":\"c1\" , \"choices\":[ {\"index\":0,\"delta\":{\"role\":\"assistant\",",
    "\"content\":\"Gr\u{fc}\\u00fc\u{1f600}\"},\"logprobs\":{\"x\":1.0E+2},",
    "\"finish_reason\":null} ],\"big\":123456789012345678901234567890,\"vendor\":null }\n\n",
    "event: message\nid: 7\nretry: 10\n",
    "data:{\"choices\":[{\"delta\":{\"content\":\"b\"},\"finish_reason\":null}]}\n\n",
    "data: {\"vendor\":{\"usage\":null,\"t\":-0.0}}\n\n:\n\n",
    "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":null}\n\n",
    "data: [DONE]\n\n",
);

/// Every event up to the one that holds a text.
fn read_until(client: &mut Client, text: &str) -> String {
    loop {
        let event = client.event().expect("more events");
        if event.contains(text) {
            return event;
        }
    }
}

/// The error that a stream ended with; nothing follows it.
fn last_error(client: &mut Client) -> Value {
    let event = read_until(client, "\"error\"");
    assert_eq!(client.event(), None, "nothing follows the error");
    let data = event.strip_prefix("data: ").expect("a data line");
    serde_json::from_str(data).unwrap()
}

/// What holds of an answer that was not delivered to its end.
fn check_part(call: &CallRecord, ending: Ending) {
    assert_eq!((call.status, call.ending), (200, ending), "{call:#?}");
    assert_eq!(call.usage_quality, UsageQuality::Estimated);
    assert!(call.usage.prompt_tokens() > 0 && call.usage.output_tokens() > 0);
    let [charge] = &call.charges[..] else {
        panic!("one charge: {call:#?}")
    };
    assert_eq!(charge.taken, call.cost, "what was delivered is paid");
    assert!(!charge.taken.is_zero() && charge.taken <= charge.held);
}

#[test]
fn what_a_provider_of_the_callers_dialect_says_passes_to_the_byte() {
    let crlf = ODD.replace('\n', "\r\n");
    let upstream = Upstream::scripted([
        Reply::sse([ODD]),
        Reply::sse([&crlf]),
        Reply::sse([ODD]).byte_by_byte(),
        Reply::sse([&crlf]).byte_by_byte(),
    ]);
    let plane = Setup::with(&OPENAI, &upstream).start();
    for want in [ODD, &crlf, ODD] {
        let mut client = plane.stream(streamed(true));
        assert_eq!(String::from_utf8(client.rest()).unwrap(), want);
    }
    // The answer is over with the carriage return that ends the last event.
    let mut client = plane.stream(streamed(true));
    assert_eq!(
        String::from_utf8(client.rest()).unwrap().trim_end(),
        crlf.trim_end()
    );
    let calls = plane.finish();
    assert!(calls.iter().all(|call| call.ending == Ending::Completed));
}

#[test]
fn a_stream_arrives_the_same_wherever_the_network_cuts_it() {
    let text = OPENAI.stream.concat();
    let usage = text.rfind("data: {").unwrap();
    let kept = format!("{}data: [DONE]\n\n", &text[..usage]);
    let asked = AtomicUsize::new(0);
    let cut = text.clone();
    let upstream = Upstream::start(move |_| {
        let (head, tail) = cut
            .as_bytes()
            .split_at(asked.fetch_add(1, Ordering::Relaxed));
        Reply::sse([head, tail])
    });
    let plane = Setup::with(&OPENAI, &upstream).start();
    let mut client = plane.connect();
    for at in 0..text.len() {
        let answer = client.ask(chat(streamed(false)));
        assert_eq!(answer.text(), kept, "cut at {at}");
    }
    let calls = plane.finish();
    assert_eq!(calls.len(), text.len());
    assert!(calls.iter().all(|call| call.cost.to_string() == COST));
}

#[test]
fn sa_18_an_event_is_passed_on_before_the_next_one_is_said() {
    for voice in ALL {
        let (reply, feed) = Reply::live("text/event-stream");
        let upstream = Upstream::scripted([reply]);
        let plane = Setup::with(&voice, &upstream).start();
        let mut client = plane.connect();
        client.send(chat(streamed(false)));
        soon(upstream.request(0));
        feed.send(voice.stream[0]);
        assert_eq!(client.head().status, 200);
        read_until(&mut client, "Grü");
        feed.send(voice.stream[1]);
        read_until(&mut client, "ezi");
        feed.send(voice.stream[2]);
        feed.end();
        read_until(&mut client, "[DONE]");
        assert_eq!(client.event(), None);
        let call = plane.finish_one();
        assert_eq!(call.ending, Ending::Completed, "{}", voice.dialect);
        assert_eq!(call.usage_quality, UsageQuality::Exact);
    }
}

#[test]
fn ss_03_a_stream_has_the_headers_that_keep_everybody_from_holding_it_back() {
    for voice in ALL {
        let upstream = Upstream::scripted([Reply::sse(voice.stream)]);
        let plane = Setup::with(&voice, &upstream).start();
        let mut client = plane.connect();
        client.send(chat(streamed(false)));
        let head = client.head();
        assert_eq!(
            head.header("content-type"),
            Some("text/event-stream; charset=utf-8")
        );
        assert_eq!(head.header("cache-control"), Some("no-cache"));
        assert_eq!(head.header("x-accel-buffering"), Some("no"));
        assert_eq!(head.header("content-length"), None);
        client.rest();
        plane.finish();
    }
}

#[test]
fn no_event_waits_for_an_acknowledgement_of_the_one_before() {
    const EVENTS: u32 = 250;
    let (reply, feed) = Reply::live("text/event-stream");
    let upstream = Upstream::scripted([reply]);
    let plane = Setup::with(&OPENAI, &upstream).start();
    feed.send(OPENAI.stream[0]);
    let mut client = plane.stream(streamed(false));
    client.event();
    let began = Instant::now();
    for _ in 0..EVENTS {
        feed.send(OPENAI.stream[1]);
        assert!(client.event().unwrap().contains("ezi"));
    }
    // Held back by the kernel, each would wait for 40 ms.
    assert!(began.elapsed() < EVENTS * Duration::from_millis(20));
    feed.send(OPENAI.stream[2]);
    feed.end();
    client.rest();
    assert_eq!(plane.finish_one().ending, Ending::Completed);
}

#[test]
fn the_usage_is_asked_for_and_kept_from_a_caller_who_did_not_ask() {
    let not_wanted = streamed(true)
        .replace("true}}", "false}}")
        .replace("true}", "false}");
    let not_wanted = not_wanted.replace("\"stream\":false", "\"stream\":true");
    assert!(not_wanted.contains("\"include_usage\":false"));
    for voice in ALL {
        let replies = [0, 1].map(|_| Reply::sse(voice.stream));
        let upstream = Upstream::scripted(replies);
        let plane = Setup::with(&voice, &upstream).start();
        for body in [streamed(false), not_wanted.clone()] {
            let told = String::from_utf8(plane.stream(&body).rest()).unwrap();
            assert_eq!(words(&told), "Grüezi");
            assert!(!told.contains("usage"), "{}: {told}", voice.dialect);
            assert!(told.ends_with("data: [DONE]\n\n"));
        }
        if voice.dialect == OPENAI.dialect {
            for request in upstream.requests() {
                assert_eq!(
                    request.json()["stream_options"]["include_usage"],
                    json!(true)
                );
            }
        }
        for call in plane.finish() {
            assert_eq!(call.usage_quality, UsageQuality::Exact, "{}", voice.dialect);
            assert_eq!(call.cost.to_string(), COST);
        }
    }
}

#[test]
fn a_caller_who_asks_for_the_usage_is_told_what_is_on_record() {
    for voice in ALL {
        let upstream = Upstream::scripted([Reply::sse(voice.stream)]);
        let plane = Setup::with(&voice, &upstream).start();
        let told = String::from_utf8(plane.stream(streamed(true)).rest()).unwrap();
        // The cost is looked at as it is written: as a number it would be a float.
        assert!(told.contains(&format!("\"cost\":{COST}")), "{told}");
        for member in [
            "\"prompt_tokens\":10",
            "\"completion_tokens\":4",
            "\"total_tokens\":14",
        ] {
            assert!(told.contains(member), "{}: {told}", voice.dialect);
        }
        let call = plane.finish_one();
        assert_eq!(call.cost.to_string(), COST);
        assert_eq!(call.charges[0].taken, call.cost);
    }
}

#[test]
fn only_the_usage_of_an_answer_that_passes_is_written_anew() {
    let upstream = Upstream::scripted([Reply::sse(OPENAI.stream)]);
    let plane = Setup::with(&OPENAI, &upstream).start();
    let told = String::from_utf8(plane.stream(streamed(true)).rest()).unwrap();
    let said = OPENAI.stream.concat();
    let want = said.replace("\"usage\":{", &format!("\"usage\":{{\"cost\":{COST},"));
    assert_eq!(told, want);
    plane.finish();
}

#[test]
fn an_answer_that_breaks_off_ends_with_an_error_and_is_charged_as_far_as_it_went() {
    for voice in ALL {
        let [first, second, _] = voice.stream;
        let upstream = Upstream::scripted([
            Reply::sse([first, second]).cut_after(first.len() + second.len()),
            Reply::sse([first, second]),
            // In the middle of an event.
            Reply::sse([first, second]).cut_after(first.len() + second.len() - 9),
        ]);
        let plane = Setup::with(&voice, &upstream).start();
        for told in ["Grüezi", "Grüezi", "Grü"] {
            let mut client = plane.stream(streamed(true));
            let mut text = String::new();
            while words(&text) != told {
                text.push_str(&client.event().unwrap());
            }
            let error = last_error(&mut client);
            assert_eq!(error["error"]["code"], json!("upstream_bad_response"));
            assert_eq!(error["reason"], json!("upstream_bad_response"));
        }
        for call in plane.finish() {
            check_part(&call, Ending::UpstreamCut);
            assert!(
                !call.attempts[0].note.is_empty(),
                "the operator is told why"
            );
        }
    }
}

#[test]
fn an_error_of_the_provider_in_the_middle_ends_the_stream() {
    for voice in ALL {
        let [first, second, end] = voice.stream;
        // Some providers say that they are done after they said that they failed.
        let failed = [voice.error, end].concat();
        let upstream = Upstream::scripted([Reply::sse([first, second, &failed])]);
        let plane = Setup::with(&voice, &upstream).start();
        let mut client = plane.stream(streamed(false));
        read_until(&mut client, "ezi");
        let error = last_error(&mut client);
        assert!(
            error["error"]["message"]
                .as_str()
                .unwrap()
                .contains("Overloaded"),
            "{error}"
        );
        assert!(!error.to_string().contains(PROVIDER_KEY), "{error}");
        let call = plane.finish_one();
        check_part(&call, Ending::UpstreamCut);
        assert!(call.attempts[0].note.contains("Overloaded"), "{call:#?}");
    }
}

#[test]
fn an_error_in_place_of_the_first_event_is_a_failed_attempt() {
    for voice in ALL {
        let (bad, good) = (
            Upstream::scripted([Reply::sse([voice.error])]),
            Upstream::scripted([Reply::sse(OPENAI.stream)]),
        );
        let plane = Setup::bare()
            .provider("bad", &voice, &bad.url(), json!({}))
            .provider("good", &OPENAI, &good.url(), json!({}))
            .model("smart", &["bad", "good"])
            .start();
        let mut client = plane.stream(streamed(false));
        assert_eq!(words(&String::from_utf8(client.rest()).unwrap()), "Grüezi");
        let call = plane.finish_one();
        assert_eq!(call.ending, Ending::Completed, "{}", voice.dialect);
        assert_eq!(call.attempts.len(), 2);
        assert!(call.attempts[0].failure.is_some(), "{call:#?}");
    }
}

#[test]
fn ss_04_a_caller_who_hangs_up_pays_for_what_was_delivered_and_the_provider_is_stopped() {
    for voice in ALL {
        let (reply, feed) = Reply::live("text/event-stream");
        let upstream = Upstream::scripted([reply]);
        let plane = Setup::with(&voice, &upstream).start();
        feed.send(voice.stream[0]);
        let mut client = plane.stream(streamed(false));
        read_until(&mut client, "Grü");
        drop(client);
        soon(upstream.requests()[0].client_gone());
        check_part(&plane.finish_one(), Ending::ClientGone);
    }
}

#[test]
fn us_06_a_caller_who_hangs_up_before_an_answer_pays_nothing_and_is_on_record() {
    let upstream = Upstream::scripted([Reply::hang()]);
    let plane = Setup::with(&OPENAI, &upstream).start();
    let mut client = plane.connect();
    client.send(chat(streamed(false)));
    let request = soon(upstream.request(0));
    drop(client);
    soon(request.client_gone());
    let call = plane.finish_one();
    assert_eq!((call.status, call.ending), (499, Ending::ClientGone));
    assert!(call.cost.is_zero() && call.charges.iter().all(|c| c.taken.is_zero()));
    assert_eq!(call.usage_quality, UsageQuality::None);
}

#[test]
fn a_stream_that_stands_still_ends_with_an_error() {
    for voice in ALL {
        let (reply, feed) = Reply::live("text/event-stream");
        let upstream = Upstream::scripted([reply]);
        let waits = json!({ "timeouts": { "idle_ms": 200 } });
        let plane = Setup::bare()
            .provider("up", &voice, &upstream.url(), waits)
            .model("smart", &["up"])
            .start();
        feed.send(voice.stream[0]);
        let mut client = plane.stream(streamed(false));
        let error = last_error(&mut client);
        assert_eq!(error["error"]["type"], json!("server_error"));
        soon(upstream.requests()[0].client_gone());
        check_part(&plane.finish_one(), Ending::UpstreamCut);
        drop(feed);
    }
}

#[test]
fn a_provider_that_does_not_begin_in_time_is_given_up() {
    let (silent, _feed) = Reply::live("text/event-stream");
    let upstream = Upstream::scripted([Reply::hang(), silent]);
    let waits = json!({ "timeouts": { "first_byte_ms": 200 } });
    let plane = Setup::bare()
        .provider("up", &OPENAI, &upstream.url(), waits)
        .model("smart", &["up"])
        .start();
    for _ in 0..2 {
        let answer = plane.chat(streamed(false));
        assert_eq!(
            (answer.status(), answer.reason().as_str()),
            (504, "upstream_timeout")
        );
        assert_eq!(answer.header("x-should-retry"), "true");
        assert_eq!(answer.header("x-tollgate-attempts"), "1");
    }
    for call in plane.finish() {
        assert_eq!((call.status, call.ending), (504, Ending::Refused));
        assert_eq!(call.attempts[0].failure, Some(FailureClass::Timeout));
    }
}

#[test]
fn another_provider_takes_over_from_one_that_does_not_begin() {
    let (slow, quick) = (
        Upstream::scripted([Reply::hang()]),
        Upstream::scripted([Reply::sse(ANTHROPIC.stream)]),
    );
    let waits = json!({ "timeouts": { "first_byte_ms": 200 } });
    let plane = Setup::bare()
        .provider("slow", &OPENAI, &slow.url(), waits)
        .provider("quick", &ANTHROPIC, &quick.url(), json!({}))
        .model("smart", &["slow", "quick"])
        .start();
    let mut client = plane.connect();
    client.send(chat(streamed(false)));
    let head = client.head();
    assert_eq!(head.header("x-tollgate-provider"), Some("quick"));
    assert_eq!(head.header("x-tollgate-attempts"), Some("2"));
    assert_eq!(words(&String::from_utf8(client.rest()).unwrap()), "Grüezi");
    // Nobody waits for the slow one.
    soon(slow.requests()[0].client_gone());
    let call = plane.finish_one();
    assert_eq!(call.cost.to_string(), COST, "one answer is paid");
    assert_eq!(
        call.served().map(|attempt| &*attempt.provider),
        Some("quick")
    );
}

#[test]
fn twenty_thousand_events_arrive() {
    const EVENTS: usize = 20_000;
    for voice in [OPENAI, GEMINI] {
        let [first, second, end] = voice.stream;
        let mut pieces = vec![first];
        pieces.resize(EVENTS + 1, second);
        pieces.push(end);
        let upstream = Upstream::scripted([Reply::sse(&pieces)]);
        let plane = Setup::with(&voice, &upstream).start();
        let told = String::from_utf8(plane.stream(streamed(true)).rest()).unwrap();
        assert_eq!(words(&told), format!("Grü{}", "ezi".repeat(EVENTS)));
        let call = plane.finish_one();
        assert_eq!(call.cost.to_string(), COST, "the provider's count holds");
    }
}

#[test]
fn an_answer_with_a_reason_to_finish_is_whole_without_the_last_word() {
    let [first, second, end] = OPENAI.stream;
    let finish = end.split_inclusive("\n\n").next().unwrap();
    let said = [first, second, finish].concat();
    let upstream = Upstream::scripted([
        Reply::sse([&said]),
        Reply::sse([&said]).cut_after(said.len()),
    ]);
    let plane = Setup::with(&OPENAI, &upstream).start();
    for _ in 0..2 {
        let told = String::from_utf8(plane.stream(streamed(false)).rest()).unwrap();
        assert_eq!(told, said);
    }
    for call in plane.finish() {
        assert_eq!(call.ending, Ending::Completed);
        let quality = call.usage_quality;
        assert_eq!(quality, UsageQuality::Estimated, "it was never told");
        assert!(!call.cost.is_zero());
    }
}

#[test]
fn with_strict_settlement_the_end_comes_when_the_record_is_on_disk() {
    let upstream = Upstream::scripted([Reply::sse(OPENAI.stream), Reply::json(200, OPENAI.whole)]);
    let mut setup = Setup::with(&OPENAI, &upstream);
    setup.strict = true;
    let plane = setup.start();
    let told = String::from_utf8(plane.stream(streamed(true)).rest()).unwrap();
    assert!(told.ends_with("data: [DONE]\n\n"));
    assert_eq!(plane.chat(crate::voices::plain()).status(), 200);
    assert_eq!(plane.finish().len(), 2);
}

#[test]
fn the_next_call_uses_the_connection_of_a_stream_that_has_ended() {
    let upstream = Upstream::start(|_| Reply::sse(OPENAI.stream));
    let plane = Setup::with(&OPENAI, &upstream).start();
    for _ in 0..20 {
        plane.stream(streamed(false)).rest();
    }
    // One that is still ending when the next call comes is not used for it.
    let last = upstream.requests().iter().map(|r| r.connection).max();
    assert!(last < Some(10), "{last:?}");
    plane.finish();
}

/// What the provider of the next test sends, in bytes, and in which pieces.
const FLOOD: u64 = 64 * 1024 * 1024;
const DROP: usize = 64 * 1024;

/// Answers one request with a stream as fast as it is taken; tells in `stuck` after how many bytes
/// it could not send more for a while.
fn flood(listener: &TcpListener, stuck: &AtomicU64) {
    let (mut stream, _) = listener.accept().unwrap();
    let mut request = Vec::new();
    while !request.ends_with(b"}") {
        let mut piece = [0; 1024];
        let length = stream.read(&mut piece).unwrap();
        request.extend_from_slice(&piece[..length]);
    }
    stream
        .write_all(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n",
        )
        .unwrap();
    stream
        .set_write_timeout(Some(Duration::from_millis(300)))
        .unwrap();
    let event = OPENAI.stream[1].replace("ezi", &"x".repeat(DROP - OPENAI.stream[1].len() + 3));
    assert_eq!(event.len(), DROP);
    let mut sent = 0;
    while sent < FLOOD {
        let from = usize::try_from(sent).unwrap() % DROP;
        match stream.write(&event.as_bytes()[from..]) {
            Ok(length) => sent += length as u64,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                stuck.fetch_max(sent, Ordering::Relaxed);
            }
            Err(error) => panic!("after {sent} bytes: {error}"),
        }
    }
    stuck.fetch_max(1, Ordering::Relaxed);
    stream.set_write_timeout(None).unwrap();
    stream.write_all(OPENAI.stream[2].as_bytes()).unwrap();
}

#[test]
fn ss_05_a_caller_who_reads_slowly_slows_the_provider_down_and_loses_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let stuck = Arc::new(AtomicU64::new(0));
    let told = Arc::clone(&stuck);
    let provider = std::thread::spawn(move || flood(&listener, &told));
    let plane = Setup::bare()
        .provider("up", &OPENAI, &url, json!({}))
        .model("smart", &["up"])
        .start();
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(16 * 1024).unwrap();
    socket.connect(&plane.address.into()).unwrap();
    let mut client = Client::over(TcpStream::from(socket));
    client.send(chat(streamed(false)));
    assert_eq!(client.head().status, 200);
    until("the provider is stuck", || {
        stuck.load(Ordering::Relaxed) > 0
    });
    let taken = stuck.load(Ordering::Relaxed);
    assert!(
        (2..FLOOD / 2).contains(&taken),
        "{taken} bytes were taken in"
    );
    let mut length = 0;
    while let Some(piece) = client.piece() {
        length += piece.len() as u64;
    }
    provider.join().unwrap();
    let call = plane.finish_one();
    assert_eq!(call.ending, Ending::Completed);
    assert_eq!(call.response_bytes, length);
    assert!(length > FLOOD);
}
