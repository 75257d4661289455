//! A private PostgreSQL server: one for each process that runs tests, on a socket in a folder of
//! its own, with a fresh database for each test. Needs Debian's packages of PostgreSQL, or their
//! programs on the path. It ends with the process, however that ends, and leaves nothing behind.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// How long the server may take to start, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits for the end of the test process, which is the end of its standard input, and then stops
/// the server. Arguments: the folder of the programs, the folder of the server.
const KEEPER: &str = r#"
"$1/initdb" -D "$2/data" -U postgres -A trust -E UTF8 --no-locale --no-sync || exit 1
"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c max_connections=200 \
    -c fsync=off -c full_page_writes=off -c shared_buffers=32MB &
server=$!
cat
kill -QUIT $server
wait $server
rm -rf "$2"
"#;

struct Server {
    programs: PathBuf,
    folder: PathBuf,
    /// Holds the keeper's standard input open.
    _keeper: Child,
    databases: AtomicU32,
}

static SERVER: OnceLock<Server> = OnceLock::new();

/// The URL of a new and empty database. Starts the server where it is not running yet; panics where
/// there is none to start.
pub fn fresh_database() -> String {
    let server = SERVER.get_or_init(start);
    let number = server.databases.fetch_add(1, Ordering::Relaxed);
    let name = format!("test_{number}");
    let made = server.program("createdb").arg(&name).status();
    assert!(made.is_ok_and(|s| s.success()), "createdb {name} failed");
    let host = server.folder.display().to_string().replace('/', "%2F");
    format!("postgresql://postgres@{host}/{name}")
}

impl Server {
    /// A client program that talks to this server.
    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        command.arg("-h").arg(&self.folder).args(["-U", "postgres"]);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command
    }
}

fn start() -> Server {
    let programs = programs();
    let folder = new_folder();
    let log = std::fs::File::create(folder.join("log")).expect("the log of PostgreSQL");
    // PostgreSQL does not run as root, which is who runs tests in a container.
    let mut command = if is_root() {
        hand_over(&folder);
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--", "sh"]);
        command
    } else {
        Command::new("sh")
    };
    command.args(["-c", KEEPER, "keeper"]);
    command.arg(&programs).arg(&folder).current_dir(&folder);
    command.stdin(Stdio::piped());
    command.stdout(log.try_clone().expect("the log of PostgreSQL"));
    command.stderr(log);
    // A process group of its own: Ctrl-C ends the tests, and the end of the tests the server.
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let keeper = command.spawn().expect("sh starts");
    let server = Server {
        programs,
        folder,
        _keeper: keeper,
        databases: AtomicU32::new(0),
    };
    wait_until_ready(&server);
    server
}

fn wait_until_ready(server: &Server) {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let ready = server.program("pg_isready").status();
        if ready.is_ok_and(|status| status.success()) {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let log = std::fs::read_to_string(server.folder.join("log")).unwrap_or_default();
    panic!("PostgreSQL did not start within {PATIENCE:?}; its log says:\n{log}");
}

/// The folder of the newest server's programs.
fn programs() -> PathBuf {
    let debian = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let mut folders: Vec<(u32, PathBuf)> = debian
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(_, folder)| folder.join("initdb").exists())
        .collect();
    folders.sort();
    if let Some((_, newest)) = folders.pop() {
        return newest;
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).find(|folder| folder.join("initdb").exists());
    on_path.expect("the tests need PostgreSQL: install the package postgresql")
}

fn new_folder() -> PathBuf {
    let id = std::process::id();
    let base = std::env::temp_dir();
    let folder = (0..)
        .map(|number| base.join(format!("tollgate-postgres-{id}-{number}")))
        .find(|folder| std::fs::create_dir(folder).is_ok() || !base.is_dir());
    folder.expect("a folder for PostgreSQL")
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("id runs");
    id.stdout.trim_ascii() == b"0"
}

fn hand_over(folder: &Path) {
    let mut command = Command::new("chown");
    let status = command.args(["-R", "postgres"]).arg(folder).status();
    assert!(status.is_ok_and(|s| s.success()), "chown {folder:?} failed");
}
