//! The data folder: who may read it, who works on it, and the small files in it.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use tollgate_control::random;

use crate::failure::Failure;

const LOCK: &str = "lock";
const ADMIN_TOKEN: &str = "admin.token";
const NODE: &str = "node";

/// Which listener an address belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listener {
    /// Traffic.
    Gateway,
    /// Console and admin API.
    Control,
}

impl Listener {
    fn file(self) -> &'static str {
        match self {
            Listener::Gateway => "gateway.addr",
            Listener::Control => "control.addr",
        }
    }
}

/// The data folder, held for this process alone for as long as the value lives.
#[derive(Debug)]
pub(crate) struct DataFolder {
    path: PathBuf,
    _lock: File,
}

impl DataFolder {
    /// Takes the folder, which is made where it is missing, readable by its owner only. Fails
    /// where another process holds it.
    pub(crate) fn take(path: &Path) -> Result<DataFolder, Failure> {
        let shown = path.display();
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(|why| Failure::fault(format!("cannot make the data folder {shown}"), why))?;
        let mut lock = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path.join(LOCK))
            .map_err(|why| Failure::fault(format!("cannot use the data folder {shown}"), why))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(held(path, &mut lock)),
            Err(TryLockError::Error(why)) => {
                return Err(Failure::fault(
                    format!("cannot lock the data folder {shown}"),
                    why,
                ));
            }
        }
        sign(&mut lock).map_err(|why| Failure::fault(format!("cannot write in {shown}"), why))?;
        Ok(DataFolder {
            path: path.to_owned(),
            _lock: lock,
        })
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The token of the admin API, made at the first call.
    pub(crate) fn admin_token(&self) -> Result<String, Failure> {
        self.kept(ADMIN_TOKEN, || Ok(random::token("tga_")?))
    }

    /// The id of this node, made at the first call.
    pub(crate) fn node(&self) -> Result<String, Failure> {
        self.kept(NODE, || {
            let random = u64::from_be_bytes(random::bytes()?);
            Ok(format!("node-{random:016x}"))
        })
    }

    /// Notes where a listener listens, for whoever looks for it.
    pub(crate) fn note(&self, listener: Listener, address: SocketAddr) -> Result<(), Failure> {
        let path = self.path.join(listener.file());
        replace(&path, format!("{address}\n").as_bytes())
            .map_err(|why| Failure::fault(format!("cannot write {}", path.display()), why))
    }

    /// Takes back what [`DataFolder::note`] noted.
    pub(crate) fn forget(&self, listener: Listener) {
        let _ = fs::remove_file(self.path.join(listener.file()));
    }

    fn kept(
        &self,
        name: &str,
        make: impl FnOnce() -> Result<String, Failure>,
    ) -> Result<String, Failure> {
        let path = self.path.join(name);
        match fs::read_to_string(&path) {
            Ok(text) if !text.trim().is_empty() => return Ok(text.trim().to_owned()),
            Ok(_) => {}
            Err(why) if why.kind() == io::ErrorKind::NotFound => {}
            Err(why) => {
                return Err(Failure::fault(
                    format!("cannot read {}", path.display()),
                    why,
                ));
            }
        }
        let value = make()?;
        replace(&path, format!("{value}\n").as_bytes())
            .map_err(|why| Failure::fault(format!("cannot write {}", path.display()), why))?;
        Ok(value)
    }
}

/// Whether a process works on the folder. A folder that is not there is worked on by nobody.
pub(crate) fn is_held(path: &Path) -> bool {
    let Ok(lock) = File::open(path.join(LOCK)) else {
        return false;
    };
    matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock))
}

/// The token of the admin API, where this user may read it.
pub(crate) fn read_token(path: &Path) -> Option<String> {
    read(&path.join(ADMIN_TOKEN))
}

/// Where the process that works on the folder listens.
pub(crate) fn read_address(path: &Path, listener: Listener) -> Option<SocketAddr> {
    read(&path.join(listener.file()))?.parse().ok()
}

fn read(path: &Path) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Writes a file whole or not at all, readable by its owner only, and on disk when this returns.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let draft = path.with_extension("new");
    let _ = fs::remove_file(&draft);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&draft, path)
}

fn sign(lock: &mut File) -> io::Result<()> {
    lock.set_len(0)?;
    lock.rewind()?;
    lock.write_all(format!("{}\n", std::process::id()).as_bytes())
}

fn held(path: &Path, lock: &mut File) -> Failure {
    let mut holder = String::new();
    let _ = lock.read_to_string(&mut holder);
    let who = match holder.trim() {
        "" => "another process".to_owned(),
        id => format!("another process (id {id})"),
    };
    let shown = path.display();
    Failure::Fault(format!(
        "{who} works on the data folder {shown}; end it first, or use another folder with --data"
    ))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_folder_is_held_by_one_at_a_time() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("a/b");
        assert!(!is_held(&path));
        let folder = DataFolder::take(&path).unwrap();
        assert!(is_held(&path));
        let refusal = DataFolder::take(&path).unwrap_err().to_string();
        assert!(
            refusal.contains(&std::process::id().to_string()),
            "{refusal}"
        );
        drop(folder);
        assert!(!is_held(&path));
        DataFolder::take(&path).unwrap();
    }

    #[test]
    fn tokens_stay_and_only_their_owner_reads_them() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("data");
        let folder = DataFolder::take(&path).unwrap();
        let token = folder.admin_token().unwrap();
        assert!(token.starts_with("tga_") && token.len() == 53, "{token}");
        assert_eq!(folder.admin_token().unwrap(), token);
        assert_eq!(read_token(&path), Some(token));
        assert_eq!(folder.node().unwrap(), folder.node().unwrap());
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o700);
        for file in fs::read_dir(&path).unwrap() {
            let file = file.unwrap().path();
            assert_eq!(mode(&file), 0o600, "{}", file.display());
        }
    }

    #[test]
    fn addresses_are_noted_and_forgotten() {
        let place = tempfile::tempdir().unwrap();
        let folder = DataFolder::take(place.path()).unwrap();
        let address: SocketAddr = "127.0.0.1:9".parse().unwrap();
        assert_eq!(read_address(place.path(), Listener::Control), None);
        folder.note(Listener::Control, address).unwrap();
        assert_eq!(read_address(place.path(), Listener::Control), Some(address));
        folder.forget(Listener::Control);
        assert_eq!(read_address(place.path(), Listener::Control), None);
    }
}
