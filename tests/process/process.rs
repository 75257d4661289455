//! Starting the binary, asking it, and ending it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// The longest that anything may take before a test gives up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The binary, with nothing of the tester's environment.
pub(crate) fn tollgate() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tollgate"));
    command.env_clear();
    command
}

/// What a command came to.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    /// The results, of a command that has to succeed.
    #[track_caller]
    pub(crate) fn good(self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        self.stdout
    }

    /// The results as JSON.
    #[track_caller]
    pub(crate) fn json(self) -> Value {
        let text = self.good();
        serde_json::from_str(&text).unwrap_or_else(|why| panic!("{why}: {text}"))
    }
}

/// Runs a command with this on its stdin.
pub(crate) fn run_with(mut command: Command, stdin: &str) -> Ended {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(stdin.as_bytes())
        .unwrap();
    let ended = child.wait_with_output().unwrap();
    Ended {
        code: ended.status.code().unwrap_or(-1),
        stdout: String::from_utf8(ended.stdout).unwrap(),
        stderr: String::from_utf8(ended.stderr).unwrap(),
    }
}

/// A data folder, and the commands that work on it.
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Place {
        Place {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// The data folder; it is not there at first.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A file beside the data folder.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = tollgate();
        command.arg("--data").arg(self.data()).args(arguments);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        run_with(self.command(arguments), "")
    }

    pub(crate) fn run_with(&self, arguments: &[&str], stdin: &str) -> Ended {
        run_with(self.command(arguments), stdin)
    }

    /// Starts to serve, with these variables.
    pub(crate) fn serve_with(&self, variables: &[(&str, &str)]) -> Server {
        let mut command = self.command(&[
            "serve",
            "--gateway",
            "127.0.0.1:0",
            "--control",
            "127.0.0.1:0",
            "--json",
        ]);
        command.envs(variables.iter().copied());
        Server::start(command)
    }

    pub(crate) fn serve(&self) -> Server {
        self.serve_with(&[])
    }
}

/// A process that serves. It is killed when the value is dropped.
pub(crate) struct Server {
    child: Child,
    /// What it said when it was ready.
    pub(crate) said: Value,
}

impl Server {
    fn start(mut command: Command) -> Server {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let stdout = child.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        match serde_json::from_str(&line) {
            Ok(said) => Server { child, said },
            Err(_) => {
                let _ = child.kill();
                let mut stderr = String::new();
                child
                    .stderr
                    .take()
                    .unwrap()
                    .read_to_string(&mut stderr)
                    .unwrap();
                panic!("it did not start: {line}{stderr}");
            }
        }
    }

    #[track_caller]
    pub(crate) fn text(&self, member: &str) -> String {
        self.said[member]
            .as_str()
            .unwrap_or_else(|| panic!("{member}: {}", self.said))
            .to_owned()
    }

    /// Sends a signal by its name.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill")
            .args([format!("-{name}"), id])
            .status()
            .unwrap();
        assert!(sent.success());
    }

    /// Waits until it has ended, and gives its exit code and what it said on stderr.
    pub(crate) fn ended(mut self) -> (i32, String) {
        let mut stderr = String::new();
        let mut told = self.child.stderr.take().unwrap();
        told.read_to_string(&mut stderr).unwrap();
        (self.child.wait().unwrap().code().unwrap_or(-1), stderr)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What came back over HTTP.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// In small letters.
    pub(crate) head: String,
    /// The cookie that was set, as it is to be sent back.
    pub(crate) cookie: Option<String>,
    pub(crate) body: String,
}

/// Sends one request to an address such as `http://127.0.0.1:8402`.
pub(crate) fn http(address: &str, request: &str, key: Option<&str>, body: &str) -> Answer {
    let authorization = key.map(|key| format!("authorization: Bearer {key}\r\n"));
    http_with(address, request, &authorization.unwrap_or_default(), body)
}

/// Sends one request with these lines in its head.
pub(crate) fn http_with(address: &str, request: &str, lines: &str, body: &str) -> Answer {
    let host = address.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let length = body.len();
    let kind = match lines.contains("content-type: ") {
        true => "",
        false => "content-type: application/json\r\n",
    };
    let head = format!(
        "{request} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{lines}{kind}\
         content-length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let cookie = head.split("set-cookie: ").nth(1);
    Answer {
        status,
        head: head.to_ascii_lowercase(),
        cookie: cookie.and_then(|set| Some(set.split(';').next()?.to_owned())),
        body: body.to_owned(),
    }
}

/// Asks the sandbox of a server to echo a word.
pub(crate) fn call(server: &Server, key: &str, model: &str) -> Answer {
    call_at(&server.text("gateway"), key, model)
}

/// Asks the sandbox at an address to echo a word.
pub(crate) fn call_at(address: &str, key: &str, model: &str) -> Answer {
    let body = serde_json::json!({
        "model": model, "messages": [{ "role": "user", "content": "Hello, tollgate" }],
    });
    http(
        address,
        "POST /v1/chat/completions",
        Some(key),
        &body.to_string(),
    )
}

/// Asks again and again until the answer is there.
#[track_caller]
pub(crate) fn eventually<T>(mut ask: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = ask() {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "it never came");
        std::thread::yield_now();
    }
}

/// The mode of a file or folder.
pub(crate) fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}
