//! What the doctor is told of the process and its machine. What only Linux tells is told there.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use rustix::process::{Resource, getrlimit};
use tollgate_doctor::facts::{Disk, FileFacts, Memory, OpenFiles, ServerFacts};
use tollgate_doctor::{Known, Unknown};
use tollgate_model::Micros;

use crate::{clock, log};

/// The rights of group and others.
const OF_OTHERS: u32 = 0o077;
const RIGHTS: u32 = 0o777;

/// The process and its machine, from the time that it was made.
pub(crate) struct Machine {
    folder: PathBuf,
    control: SocketAddr,
    control_hosts: Vec<String>,
    serves: bool,
    /// The beginning, by a clock that can be set and by one that cannot.
    began: (Micros, Instant),
}

impl Machine {
    /// That of a process that serves.
    pub(crate) fn serving(folder: &Path, control: SocketAddr, hosts: &[String]) -> Machine {
        Machine {
            folder: folder.to_owned(),
            control,
            control_hosts: hosts.to_vec(),
            serves: true,
            began: (clock::now(), Instant::now()),
        }
    }

    /// That of a data folder on which no process works; `control` is where one would listen.
    pub(crate) fn at_rest(folder: &Path, control: SocketAddr, hosts: &[String]) -> Machine {
        Machine {
            serves: false,
            ..Machine::serving(folder, control, hosts)
        }
    }

    /// What is to be known now, and what others know: the bytes that the store is behind, and what
    /// does not work.
    pub(crate) fn facts(&self, backlog: u64, troubles: Vec<String>) -> ServerFacts {
        ServerFacts {
            serves: self.serves,
            control: Some(self.control),
            control_hosts: self.control_hosts.clone(),
            files: self.files(),
            disk: self.disk(),
            backlog,
            unsettled: match self.serves {
                true => 0,
                false => left_in(&self.folder.join("journal")),
            },
            open_files: open_files(),
            memory: memory(),
            set_forward: self.set_forward(),
            log: log::recent(),
            troubles,
        }
    }

    /// Takes the rights of others on an entry of the folder away; an empty name is the folder.
    pub(crate) fn make_private(&self, entry: &str) -> Result<(), String> {
        if entry.contains('/') || entry == ".." {
            return Err(format!("\"{entry}\" is no entry of the data folder"));
        }
        let path = self.folder.join(entry);
        let change = || {
            let rights = fs::symlink_metadata(&path)?.permissions().mode() & RIGHTS;
            fs::set_permissions(&path, fs::Permissions::from_mode(rights & !OF_OTHERS))
        };
        change().map_err(|why: io::Error| format!("{}: {why}", path.display()))
    }

    /// The folder and its entries; what went away meanwhile is left out.
    fn files(&self) -> Vec<FileFacts> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        names.sort();
        names.insert(0, String::new());
        let files = names.into_iter().filter_map(|name| {
            let found = fs::symlink_metadata(self.folder.join(&name)).ok()?;
            let is_link = found.file_type().is_symlink();
            let mode = found.permissions().mode() & RIGHTS;
            (!is_link).then_some(FileFacts { name, mode })
        });
        files.collect()
    }

    fn disk(&self) -> Known<Disk> {
        let found = rustix::fs::statvfs(&self.folder);
        let found = found.map_err(|why| Unknown(format!("the disk does not tell: {why}")))?;
        Ok(Disk {
            free: found.f_bavail.saturating_mul(found.f_frsize),
            total: found.f_blocks.saturating_mul(found.f_frsize),
        })
    }

    fn set_forward(&self) -> i64 {
        let (wall, steady) = self.began;
        let by_wall = clock::now().0.saturating_sub(wall.0);
        let steady = i64::try_from(steady.elapsed().as_micros()).unwrap_or(i64::MAX);
        by_wall.saturating_sub(steady)
    }
}

/// Bytes of the journals in a folder.
fn left_in(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let logs = entries.filter(|entry| entry.path().extension().is_some_and(|end| end == "log"));
    logs.filter_map(|entry| Some(entry.metadata().ok()?.len()))
        .sum()
}

fn open_files() -> Known<OpenFiles> {
    let open = fs::read_dir("/proc/self/fd").map_err(|_| untold())?;
    Ok(OpenFiles {
        open: u64::try_from(open.count()).unwrap_or(u64::MAX),
        limit: getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX),
    })
}

fn memory() -> Known<Memory> {
    let read = |path: &str| fs::read_to_string(path).map_err(|_| untold());
    let (own, all) = (read("/proc/self/status")?, read("/proc/meminfo")?);
    let told = |text: &str, name: &str| bytes(text, name).ok_or_else(untold);
    Ok(Memory {
        used: told(&own, "VmRSS")?,
        available: told(&all, "MemAvailable")?,
        total: told(&all, "MemTotal")?,
    })
}

fn untold() -> Unknown {
    Unknown("this system does not tell it".to_owned())
}

/// The bytes on a line such as `MemTotal:       16318412 kB`.
fn bytes(text: &str, name: &str) -> Option<u64> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(folder: &Path) -> Machine {
        Machine::at_rest(folder, "127.0.0.1:8403".parse().unwrap(), &[])
    }

    #[test]
    fn the_rights_of_others_are_told_and_taken_away_and_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sealing.key");
        fs::write(&path, "x").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o664)).unwrap();
        let machine = machine(folder.path());
        let mode = |name: &str| {
            let files = machine.facts(0, Vec::new()).files;
            files.iter().find(|file| file.name == name).unwrap().mode
        };
        assert_eq!(mode("sealing.key"), 0o664);
        machine.make_private("sealing.key").unwrap();
        assert_eq!(mode("sealing.key"), 0o600);
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        machine.make_private("").unwrap();
        assert_eq!(mode(""), 0o700);
        assert!(machine.make_private("../other").is_err());
        assert!(
            machine
                .make_private("absent")
                .unwrap_err()
                .contains("absent")
        );
    }

    #[test]
    fn the_system_tells_of_disk_memory_files_and_clock() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("journal")).unwrap();
        fs::write(folder.path().join("journal/0.log"), "12345").unwrap();
        let facts = machine(folder.path()).facts(7, vec!["away".to_owned()]);
        assert_eq!((facts.backlog, facts.unsettled), (7, 5));
        assert!(facts.disk.unwrap().total > 0);
        assert!(facts.memory.unwrap().used > 0);
        assert!(facts.open_files.unwrap().open > 0);
        assert!(facts.set_forward.abs() < 1_000_000);
    }

    #[test]
    fn a_line_of_kibibytes_is_read_as_bytes() {
        let text = "MemTotal:       16 kB\nMemAvailable: 3 kB\n";
        assert_eq!(bytes(text, "MemTotal"), Some(16_384));
        assert_eq!(bytes(text, "MemAvailable"), Some(3_072));
        assert_eq!(bytes(text, "Mem"), None);
    }
}
