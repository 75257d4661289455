//! Stopping, connections, workers, and changes of configuration.

use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use tollgate_model::call::Ending;
use tollgate_testkit::{Reply, Upstream};

use crate::client::get;
use crate::voices::{OPENAI, plain, streamed, words};
use crate::world::{SOON, Setup, chat, soon, until};

#[test]
fn a_node_that_stops_lets_streams_finish_and_takes_no_new_work() {
    let (reply, feed) = Reply::live("text/event-stream");
    let upstream = Upstream::scripted([reply]);
    let plane = Setup::with(&OPENAI, &upstream).start();
    let address = plane.address;
    feed.send(OPENAI.stream[0]);
    let mut streaming = plane.stream(streamed(false));
    let mut idle = plane.connect();
    assert_eq!(idle.ask(get("/readyz", &[])).status(), 200);
    let stopping = std::thread::spawn(move || plane.finish_one());
    until("no connection is taken", || {
        TcpStream::connect(address).is_err()
    });
    assert!(idle.is_closed(), "a connection without a call is closed");
    assert!(!stopping.is_finished(), "the stream is waited for");
    feed.send(OPENAI.stream[1]);
    feed.send(OPENAI.stream[2]);
    feed.end();
    assert_eq!(
        words(&String::from_utf8(streaming.rest()).unwrap()),
        "Grüezi"
    );
    let call = stopping.join().unwrap();
    assert_eq!(call.ending, Ending::Completed);
}

#[test]
fn a_call_that_outlasts_the_deadline_is_cut_and_on_record() {
    let (reply, feed) = Reply::live("text/event-stream");
    let upstream = Upstream::scripted([reply, Reply::hang()]);
    let plane = Setup::with(&OPENAI, &upstream).start();
    feed.send(OPENAI.stream[0]);
    let mut streaming = plane.stream(streamed(false));
    streaming.event();
    let mut waiting = plane.connect();
    waiting.send(chat(plain()));
    soon(upstream.request(1));
    let began = Instant::now();
    let mut calls = plane.finish_within(Duration::from_millis(100));
    assert!(began.elapsed() < SOON);
    for request in upstream.requests() {
        soon(request.client_gone());
    }
    calls.sort_by_key(|call| call.stream);
    assert_eq!(calls.len(), 2);
    assert!(calls[0].cost.is_zero(), "nothing was delivered");
    assert!(!calls[1].cost.is_zero() && calls[1].charges[0].taken == calls[1].cost);
}

/// How many connections at an address are not closed.
fn open_connections(at: SocketAddr) -> usize {
    // In hexadecimal: local address, remote address, state. 06 waits for late packets and is closed.
    let port = format!(":{:04X}", at.port());
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let rows = table
        .lines()
        .map(|row| row.split_whitespace().collect::<Vec<_>>());
    let open = rows.filter(|row| row[1].ends_with(&port) && !["06", "0A"].contains(&row[3]));
    open.count()
}

#[test]
fn connections_that_come_and_go_leave_nothing_behind() {
    const CONNECTIONS: usize = 2_000;
    let upstream = Upstream::start(|_| Reply::json(200, OPENAI.whole).and_close());
    let plane = Setup::with(&OPENAI, &upstream).start();
    assert_eq!(plane.chat(plain()).status(), 200);
    for at in 0..CONNECTIONS {
        let mut client = plane.connect();
        match at % 50 {
            0 => assert_eq!(client.ask(chat(plain())).status(), 200),
            1..5 => assert_eq!(client.ask(get("/healthz", &[])).status(), 200),
            5..10 => client.send("POST /v1/chat/completions HT"),
            10..15 => {
                let request = chat(plain());
                client.send(&request[..request.len() - 3]);
            }
            15..20 => client.send("nonsense\r\n\r\n"),
            _ => {}
        }
    }
    until("every connection is closed", || {
        open_connections(plane.address) == 0
    });
    let began = Instant::now();
    plane.finish();
    assert!(began.elapsed() < SOON / 2, "nothing is waited for");
}

#[test]
fn every_worker_serves_and_records() {
    const CALLS: usize = 60;
    let upstream = Upstream::start(|_| Reply::json(200, OPENAI.whole));
    let mut setup = Setup::with(&OPENAI, &upstream);
    setup.workers = 3;
    let plane = setup.start();
    let mut ids = Vec::new();
    for _ in 0..CALLS {
        let answer = plane.chat(plain());
        assert_eq!(answer.status(), 200, "{}", answer.text());
        ids.push(answer.header("x-tollgate-call").to_owned());
    }
    let folder = plane.folder().to_owned();
    let written = std::fs::read_dir(&folder)
        .unwrap()
        .map(|file| file.unwrap());
    let used = written
        .filter(|file| file.metadata().unwrap().len() > 0)
        .count();
    assert!(used > 1, "the kernel spreads the connections");
    let mut settled: Vec<String> = plane
        .finish()
        .iter()
        .map(|call| call.id.to_string())
        .collect();
    settled.sort();
    ids.sort();
    assert_eq!(settled, ids);
}

#[test]
fn many_streams_are_open_at_once_and_none_waits_for_another() {
    const STREAMS: usize = 100;
    let (replies, feeds): (Vec<Reply>, Vec<_>) = (0..STREAMS)
        .map(|_| Reply::live("text/event-stream"))
        .unzip();
    let upstream = Upstream::scripted(replies);
    let plane = Setup::with(&OPENAI, &upstream).start();
    let mut clients = Vec::new();
    for feed in &feeds {
        feed.send(OPENAI.stream[0]);
        clients.push(plane.stream(streamed(false)));
    }
    // The last one first.
    for (client, feed) in clients.iter_mut().zip(feeds).rev() {
        feed.send(OPENAI.stream[1]);
        feed.send(OPENAI.stream[2]);
        feed.end();
        assert_eq!(words(&String::from_utf8(client.rest()).unwrap()), "Grüezi");
    }
    let calls = plane.finish();
    assert_eq!(calls.len(), STREAMS);
    assert!(calls.iter().all(|call| call.ending == Ending::Completed));
}

#[test]
fn a_change_of_configuration_is_for_the_next_call() {
    let (reply, feed) = Reply::live("text/event-stream");
    let (old, new) = (
        Upstream::scripted([reply]),
        Upstream::start(|_| Reply::json(200, OPENAI.whole)),
    );
    let plane = Setup::with(&OPENAI, &old).start();
    feed.send(OPENAI.stream[0]);
    let mut streaming = plane.stream(streamed(false));
    plane.configure(&Setup::with(&OPENAI, &new), 8);
    assert_eq!(plane.chat(plain()).status(), 200);
    feed.send(OPENAI.stream[2]);
    feed.end();
    streaming.rest();
    let mut calls = plane.finish();
    calls.sort_by_key(|call| call.revision);
    assert_eq!(
        calls.iter().map(|call| call.revision).collect::<Vec<_>>(),
        [7, 8]
    );
    assert!(calls[0].stream && !calls[1].stream);
    assert_eq!(new.requests().len(), 1);
}
