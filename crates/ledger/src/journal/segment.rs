//! The files of a journal.

use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// One file of one worker's journal, named `w{worker}-{sequence}.log`. Sorted by worker, then in
/// the order in which they were written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Segment {
    pub(crate) worker: u32,
    pub(crate) sequence: u64,
}

impl Segment {
    pub(crate) fn path(self, dir: &Path) -> PathBuf {
        dir.join(self.to_string())
    }

    /// The name under which the store keeps how far this file was applied. A file that bears the
    /// name of an earlier one has another.
    pub(crate) fn cursor(self, fingerprint: u64) -> String {
        format!("{self}:{fingerprint:016x}")
    }

    fn parse(name: &str) -> Option<Segment> {
        let (worker, sequence) = name
            .strip_prefix('w')?
            .strip_suffix(".log")?
            .split_once('-')?;
        let segment = Segment {
            worker: worker.parse().ok()?,
            sequence: sequence.parse().ok()?,
        };
        (segment.to_string() == name).then_some(segment)
    }

    /// Removes the file; one that is damaged is set aside under another name instead.
    pub(crate) fn retire(self, dir: &Path, damaged: bool) -> io::Result<()> {
        let path = self.path(dir);
        if damaged {
            let mut aside = path.clone().into_os_string();
            aside.push(".damaged");
            return std::fs::rename(path, aside);
        }
        std::fs::remove_file(path)
    }
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "w{}-{:08}.log", self.worker, self.sequence)
    }
}

/// The segments in a folder, sorted. A folder that does not exist is made.
pub(crate) fn list(dir: &Path) -> io::Result<Vec<Segment>> {
    std::fs::create_dir_all(dir)?;
    let mut segments = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        segments.extend(entry?.file_name().to_str().and_then(Segment::parse));
    }
    segments.sort_unstable();
    Ok(segments)
}

/// Makes the names in a folder durable.
pub(crate) fn sync_names(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_segments_are_read_and_they_sort_by_age() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "w1-00000002.log",
            "w0-100000000.log",
            "w0-99999999.log",
            "w0-1.log",
            "w0-00000001.log.damaged",
            "notes.txt",
        ] {
            File::create(folder.path().join(name)).unwrap();
        }
        let names: Vec<String> = list(folder.path())
            .unwrap()
            .iter()
            .map(Segment::to_string)
            .collect();
        assert_eq!(
            names,
            ["w0-99999999.log", "w0-100000000.log", "w1-00000002.log"]
        );
    }
}
