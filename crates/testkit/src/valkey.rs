//! A private Valkey or Redis server on a free port of loopback. Needs `valkey-server` or
//! `redis-server` on the path. It ends when it is dropped, and with the process, however that ends.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long the server may take to start, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Waits for the end of its standard input and then stops the server. Arguments: its program and
/// its port.
const KEEPER: &str = r#"
"$1" --port "$2" --bind 127.0.0.1 --save "" --appendonly no > /dev/null &
server=$!
cat
kill -KILL $server
wait $server
"#;

/// A running server.
#[derive(Debug)]
pub struct Valkey {
    port: u16,
    keeper: Child,
}

impl Valkey {
    /// Starts a server that keeps nothing on disk. Panics where there is none to start.
    pub fn start() -> Valkey {
        let known = ["valkey-server", "redis-server"];
        let program = known.into_iter().find(|name| is_on_path(name));
        let program = program.expect("the tests need Valkey or Redis: install redis-server");
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let mut command = Command::new("sh");
        command.args(["-c", KEEPER, "keeper", program, &port.to_string()]);
        command.stdin(Stdio::piped()).stdout(Stdio::null());
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let keeper = command.spawn().expect("sh starts");
        let server = Valkey { port, keeper };
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < PATIENCE, "{program} did not start");
            std::thread::sleep(Duration::from_millis(10));
        }
        server
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }
}

impl Drop for Valkey {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

fn is_on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).exists())
}
