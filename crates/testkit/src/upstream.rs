//! A scripted HTTP/1.1 upstream on loopback. It runs on a thread of its own, so that a test with or
//! without a runtime can use it, and it writes its answers byte for byte as the script says: no HTTP
//! library stands between the script and the socket that could smooth a broken answer over.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{oneshot, watch};

use crate::received::Received;
use crate::reply::Reply;
use crate::wire;

type Handler = Box<dyn Fn(&Received) -> Reply + Send + Sync>;

struct State {
    handler: Handler,
    requests: Mutex<Vec<Arc<Received>>>,
    arrived: watch::Sender<usize>,
}

impl State {
    fn note(&self, received: Received) -> Arc<Received> {
        let received = Arc::new(received);
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.push(Arc::clone(&received));
        self.arrived.send_replace(requests.len());
        received
    }
}

/// A running upstream. Dropping it stops it and closes its connections.
pub struct Upstream {
    addr: SocketAddr,
    state: Arc<State>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Upstream {
    /// Starts an upstream whose answer to each request the handler chooses.
    pub fn start(handler: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Upstream {
        let listener =
            std::net::TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        listener
            .set_nonblocking(true)
            .expect("a socket can be set to not block");
        let addr = listener
            .local_addr()
            .expect("a bound socket has an address");
        let state = Arc::new(State {
            handler: Box::new(handler),
            requests: Mutex::new(Vec::new()),
            arrived: watch::Sender::new(0),
        });
        let (stop, stopped) = oneshot::channel();
        let serving = Arc::clone(&state);
        let thread = std::thread::spawn(move || run(listener, serving, stopped));
        Upstream {
            addr,
            state,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// Starts an upstream that gives these answers in order, one per request, whatever is asked. A
    /// request beyond them gets a 500 that says so.
    pub fn scripted(replies: impl IntoIterator<Item = Reply>) -> Upstream {
        let mut replies: Vec<Reply> = replies.into_iter().collect();
        replies.reverse();
        let replies = Mutex::new(replies);
        Upstream::start(move |_| {
            let next = replies.lock().unwrap_or_else(PoisonError::into_inner).pop();
            next.unwrap_or_else(|| Reply::json(500, r#"{"error":"the script is at its end"}"#))
        })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Its address as a URL without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// The requests so far, in the order of their arrival.
    pub fn requests(&self) -> Vec<Arc<Received>> {
        let requests = self.state.requests.lock();
        requests.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until request number `place` (counted from 0) has arrived, and returns it. Never
    /// returns where none comes: set a time limit around it.
    pub async fn request(&self, place: usize) -> Arc<Received> {
        let mut arrived = self.state.arrived.subscribe();
        // The sender lives in `self`, so the wait cannot fail.
        let _ = arrived.wait_for(|count| *count > place).await;
        Arc::clone(&self.requests()[place])
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the script has been printed by its own thread.
            let _ = thread.join();
        }
    }
}

fn run(listener: std::net::TcpListener, state: Arc<State>, stopped: oneshot::Receiver<()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be built");
    runtime.block_on(async {
        let listener = TcpListener::from_std(listener).expect("the socket does not block");
        tokio::select! {
            () = accept(&listener, &state) => {}
            _ = stopped => {}
        }
    });
}

async fn accept(listener: &TcpListener, state: &Arc<State>) {
    let mut connections = tokio::task::JoinSet::new();
    let mut number = 0;
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(connection(stream, number, Arc::clone(state)));
        number += 1;
        while connections.try_join_next().is_some() {}
    }
}

async fn connection(mut stream: TcpStream, number: usize, state: Arc<State>) {
    stream
        .set_nodelay(true)
        .expect("a TCP socket takes TCP_NODELAY");
    let mut unread = Vec::new();
    while let Some(received) = wire::read_request(&mut stream, &mut unread, number).await {
        let received = state.note(received);
        let reply = (state.handler)(&received);
        let (mut reading, mut writing) = stream.split();
        let kept = tokio::select! {
            kept = reply.write_to(&mut writing) => kept,
            () = wire::read_to_end(&mut reading, &mut unread) => {
                received.gone.send_replace(true);
                false
            }
        };
        if !kept {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;

    use super::*;

    fn ask(upstream: &Upstream, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(upstream.addr()).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        stream
    }

    fn all(mut stream: TcpStream) -> String {
        let mut text = Vec::new();
        stream.read_to_end(&mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    const POST: &str =
        "POST /v1/x?y=1 HTTP/1.1\r\nHost: a\r\nX-Y: z\r\nContent-Length: 2\r\n\r\n{}";

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        let builder = &mut tokio::runtime::Builder::new_current_thread();
        builder.build().unwrap().block_on(future)
    }

    #[test]
    fn a_request_is_recorded_as_it_came() {
        let upstream = Upstream::start(|_| Reply::json(200, "{\"a\":1}").and_close());
        let answer = all(ask(&upstream, POST));
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.ends_with("\r\n\r\n{\"a\":1}"), "{answer}");
        let request = &upstream.requests()[0];
        assert_eq!(
            (request.method.as_str(), request.target.as_str()),
            ("POST", "/v1/x?y=1")
        );
        assert_eq!(request.header("x-y"), Some("z"));
        assert_eq!(request.json(), serde_json::json!({}));
        assert!(!request.is_client_gone());
    }

    #[test]
    fn a_chunked_request_is_joined() {
        let upstream = Upstream::start(|_| Reply::json(200, "{}").and_close());
        let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        all(ask(
            &upstream,
            &format!("{head}3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n"),
        ));
        assert_eq!(upstream.requests()[0].body, b"abc0123456789");
    }

    #[test]
    fn a_connection_is_kept_and_numbered() {
        let upstream = Upstream::scripted([
            Reply::json(200, "1"),
            Reply::json(200, "2").and_close(),
            Reply::json(200, "3").and_close(),
        ]);
        let both = all(ask(&upstream, &format!("{POST}{POST}")));
        assert!(
            both.contains("\r\n\r\n1HTTP/1.1 200 OK") && both.ends_with("2"),
            "{both}"
        );
        all(ask(&upstream, POST));
        let numbers: Vec<usize> = upstream.requests().iter().map(|r| r.connection).collect();
        assert_eq!(numbers, [0, 0, 1]);
    }

    #[test]
    fn a_stream_moves_only_when_the_test_feeds_it() {
        let (reply, feed) = Reply::live("text/event-stream");
        let upstream = Upstream::scripted([reply]);
        let mut stream = ask(&upstream, POST);
        feed.send("data: 1\n\n");
        let mut seen = String::new();
        while !seen.ends_with("9\r\ndata: 1\n\n\r\n") {
            let mut piece = [0; 64];
            let length = stream.read(&mut piece).unwrap();
            assert!(length > 0, "the stream ended early: {seen}");
            seen.push_str(std::str::from_utf8(&piece[..length]).unwrap());
        }
        feed.send("data: 2\n\n");
        feed.cut();
        assert_eq!(all(stream), "9\r\ndata: 2\n\n\r\n");
    }

    #[test]
    fn an_answer_can_break_off_inside_its_body() {
        let upstream = Upstream::scripted([Reply::json(200, "0123456789").cut_after(4)]);
        let answer = all(ask(&upstream, POST));
        assert!(answer.contains("content-length: 10\r\n"), "{answer}");
        assert!(answer.ends_with("\r\n\r\n0123"), "{answer}");
    }

    #[test]
    fn a_client_that_hangs_up_is_noticed() {
        let upstream = Upstream::scripted([Reply::hang()]);
        let stream = ask(&upstream, POST);
        let request = block_on(upstream.request(0));
        assert!(!request.is_client_gone());
        drop(stream);
        block_on(request.client_gone());
        assert!(request.is_client_gone());
    }

    #[test]
    fn bytes_can_come_one_by_one() {
        let reply = Reply::sse(["data: a\n\n"]).byte_by_byte().and_close();
        let upstream = Upstream::scripted([reply]);
        let answer = all(ask(&upstream, POST));
        assert!(
            answer.contains("1\r\nd\r\n1\r\na\r\n1\r\nt\r\n"),
            "{answer}"
        );
        assert!(answer.ends_with("0\r\n\r\n"), "{answer}");
    }
}
