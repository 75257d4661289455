//! The listener of the control side.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::middleware::AddExtension;
use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower::Layer;

/// How long the head of a request may take to arrive.
const HEAD: Duration = Duration::from_secs(30);
/// How long requests may go on once the listener is closed.
const GRACE: Duration = Duration::from_secs(5);
/// How long to wait where no connection can be taken, as when there are no file descriptors left.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves the router until `stopped` says so, then lets what has begun finish for a moment.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    mut stopped: watch::Receiver<bool>,
) {
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.wait_for(|stopped| *stopped) => break,
            Some(_) = connections.join_next() => continue,
        };
        match accepted {
            Ok((stream, peer)) => {
                let served = connection(stream, with_peer(router.clone(), peer));
                let served = graceful.watch(served);
                connections.spawn(async move {
                    if let Err(error) = served.await {
                        tracing::debug!(%error, "a connection of the control listener broke off");
                    }
                });
            }
            Err(error) => wait_out(&error).await,
        }
    }
    drop(listener);
    let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
}

/// The router, told from where a connection comes.
type Routes = AddExtension<Router, ConnectInfo<SocketAddr>>;

fn with_peer(router: Router, peer: SocketAddr) -> Routes {
    Extension(ConnectInfo(peer)).layer(router)
}

fn connection(
    stream: TcpStream,
    routes: Routes,
) -> http1::Connection<TokioIo<TcpStream>, TowerToHyperService<Routes>> {
    let _ = stream.set_nodelay(true);
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(routes))
}

async fn wait_out(error: &io::Error) {
    tracing::warn!(%error, "the control listener cannot take a connection");
    tokio::time::sleep(PAUSE).await;
}
