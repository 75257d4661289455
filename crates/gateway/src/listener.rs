//! Listening: the accept socket of a worker, its connections, and how they end.

use std::future::pending;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::{LocalSet, spawn_local};

use crate::batches;
use crate::driver;
use crate::open::Guard;
use crate::routing::probing;
use crate::worker::Worker;

/// Tells a worker to stop, and how long what it has begun may take.
pub(crate) type Stop = watch::Receiver<Option<Duration>>;

/// A socket of its own for each worker, on the same address: the kernel spreads the connections.
pub(crate) fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(4096)?;
    Ok(socket.into())
}

/// Serves until it is told to stop. Blocks.
pub(crate) fn run(
    worker: impl FnOnce() -> io::Result<Worker>,
    socket: TcpListener,
    stopped: Stop,
) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let worker = Rc::new(worker()?);
    LocalSet::new().block_on(&runtime, async move {
        let socket = tokio::net::TcpListener::from_std(socket)?;
        if worker.index == 0 {
            spawn_local(probing::run(Rc::clone(&worker)));
            spawn_local(batches::poll(Rc::clone(&worker)));
        }
        accept(worker, socket, stopped).await;
        Ok(())
    })
}

async fn accept(worker: Rc<Worker>, socket: tokio::net::TcpListener, mut stopped: Stop) {
    let deadline = loop {
        tokio::select! {
            accepted = socket.accept() => match accepted {
                Ok((stream, _)) => {
                    let open = worker.open.enter();
                    spawn_local(connection(Rc::clone(&worker), stream, stopped.clone(), open));
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            },
            changed = stopped.changed() => {
                let deadline = *stopped.borrow();
                if changed.is_err() || deadline.is_some() {
                    break deadline.unwrap_or_default();
                }
            }
        }
    };
    worker.drain();
    drop(socket);
    if tokio::time::timeout(deadline, worker.open.none())
        .await
        .is_err()
    {
        tracing::warn!(
            open = worker.open.count(),
            "connections were cut at the deadline"
        );
    }
}

/// Serves one connection until it closes; at a stop, the answer under way is its last.
async fn connection(worker: Rc<Worker>, stream: TcpStream, mut stopped: Stop, _open: Guard) {
    // Without it, the kernel holds a small streamed event back until the last one is acknowledged.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let limits = worker.shared.settings.limits;
    let service = service_fn(move |request| driver::serve(Rc::clone(&worker), request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        .max_buf_size(limits.header_bytes.saturating_mul(2).max(16 * 1024))
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::pin!(connection);
    let stop = async {
        if stopped.wait_for(Option::is_some).await.is_err() {
            pending::<()>().await;
        }
    };
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended");
    }
}
