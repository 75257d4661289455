//! Reading a source: a file of text, a SQLite file, a dump, or an address.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use tollgate_import::{Flavour, Source, Table, Tables};
use tollgate_store::read_foreign;

use super::remote::Remote;
use super::unusable;
use crate::failure::Failure;
use crate::output::Output;

/// The largest file of configuration that is read, in bytes.
const LARGEST_FILE: u64 = 32 << 20;
/// The largest dump that is read, in bytes.
const LARGEST_DUMP: u64 = 256 << 20;

/// How a SQLite file begins.
const SQLITE: &[u8; 16] = b"SQLite format 3\0";

/// A file of text.
pub(crate) struct Text {
    name: String,
    text: String,
}

impl Text {
    /// The file, as the import takes it.
    pub(crate) fn source(&self) -> Source<'_> {
        Source {
            name: &self.name,
            text: &self.text,
        }
    }
}

/// Reads a file of configuration, or stdin (`-`).
pub(crate) fn text(path: &str) -> Result<Text, Failure> {
    let smaller = "an import reads at most 32 MiB: is it the right file?";
    limited(path, LARGEST_FILE, smaller)
}

fn limited(path: &str, largest: u64, smaller: &str) -> Result<Text, Failure> {
    let unreadable = |why: io::Error| Failure::Usage(format!("cannot read {path}: {why}"));
    let mut bytes = Vec::new();
    let name = if path == "-" {
        let mut stdin = io::stdin().lock().take(largest + 1);
        stdin.read_to_end(&mut bytes).map_err(unreadable)?;
        "stdin"
    } else {
        if Path::new(path).is_dir() {
            return Err(Failure::Usage(format!(
                "{path} is a folder: name the file in it"
            )));
        }
        let file = File::open(path).map_err(unreadable)?;
        // What is too large is told from its size, not after reading it.
        let size = file.metadata().map_err(unreadable)?.len();
        if size > largest {
            let size = size >> 20;
            return Err(Failure::Usage(format!("{path} has {size} MiB; {smaller}")));
        }
        let mut file = file.take(largest + 1);
        file.read_to_end(&mut bytes).map_err(unreadable)?;
        path
    };
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > largest {
        return Err(Failure::Usage(format!("{name} is too large; {smaller}")));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let place = error.utf8_error().valid_up_to();
        Failure::Usage(format!("{name} is not text: byte {place} is not of UTF-8"))
    })?;
    Ok(Text {
        name: name.to_owned(),
        text,
    })
}

/// Where the rows of one-api or new-api come from.
pub(crate) struct Database<'a> {
    /// A file, or an address.
    pub source: &'a str,
    /// Which of the two it is.
    pub flavour: Flavour,
    /// The file that holds an access token.
    pub token_file: Option<&'a str>,
    /// The id of the user to whom the token belongs.
    pub user: &'a str,
}

impl Database<'_> {
    /// Reads its rows.
    pub(crate) async fn read(&self, output: Output) -> Result<Tables, Failure> {
        let address = self.source;
        if address.starts_with("http://") || address.starts_with("https://") {
            let token = self.token()?;
            let who = (self.flavour, self.user);
            return Remote::new(address, &token, who)?.read(output).await;
        }
        if is_sqlite(address) {
            return sqlite(address);
        }
        let smaller = "an import reads at most 256 MiB: dump only what it needs (`mysqldump DATABASE \
                       channels tokens users options`)";
        let dump = limited(address, LARGEST_DUMP, smaller)?;
        let source = dump.source();
        tollgate_import::dump(source.name, source.text).map_err(unusable)
    }

    /// The access token: never an argument, which others could see.
    fn token(&self) -> Result<String, Failure> {
        let text = match self.token_file {
            Some(path) => fs::read_to_string(path)
                .map_err(|why| Failure::Usage(format!("cannot read {path}: {why}")))?,
            None => std::env::var("TOLLGATE_IMPORT_TOKEN").unwrap_or_default(),
        };
        match text.trim() {
            "" => Err(Failure::Usage(
                "an administrator's access token is needed: put it into TOLLGATE_IMPORT_TOKEN, or into \
                 a file that --token-file names"
                    .to_owned(),
            )),
            token => Ok(token.to_owned()),
        }
    }
}

fn is_sqlite(path: &str) -> bool {
    let mut start = [0; 16];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && &start == SQLITE
}

fn sqlite(path: &str) -> Result<Tables, Failure> {
    let found = read_foreign(Path::new(path), &Tables::READ);
    let found = found.map_err(|why| Failure::Fault(why.to_string()))?;
    let mut tables = Tables {
        file: path.to_owned(),
        ..Tables::default()
    };
    for table in found {
        match Tables::READ.contains(&table.name.as_str()) {
            true => tables.tables.push(Table {
                name: table.name,
                columns: table.columns,
                rows: table.rows,
            }),
            false => tables.others.push((table.name, table.count)),
        }
    }
    let is_there = |name: &str| tables.tables.iter().any(|table| table.name == name);
    if !is_there("channels") && !is_there("tokens") {
        return Err(Failure::Fault(format!(
            "{path} has neither channels nor tokens: is it the database of one-api?"
        )));
    }
    Ok(tables)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(path: &str) -> String {
        match text(path) {
            Err(failure) => {
                assert_eq!(failure.code(), 2);
                failure.to_string()
            }
            Ok(_) => panic!("{path} was read"),
        }
    }

    #[test]
    fn what_cannot_be_read_is_told_in_a_sentence_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let told = refused(&path(""));
        assert!(
            told.ends_with(" is a folder: name the file in it"),
            "{told}"
        );
        let told = refused(&path("absent.yaml"));
        assert!(told.contains("absent.yaml"), "{told}");
        fs::write(path("binary"), b"abc\xff\xfe").unwrap();
        let told = refused(&path("binary"));
        assert!(
            told.ends_with("binary is not text: byte 3 is not of UTF-8"),
            "{told}"
        );
        let large = File::create(path("large.yaml")).unwrap();
        large.set_len(1 << 30).unwrap();
        let told = refused(&path("large.yaml"));
        assert!(
            told.contains("large.yaml has 1024 MiB; an import reads"),
            "{told}"
        );
        fs::write(path("text"), "a: 1").unwrap();
        assert_eq!(text(&path("text")).unwrap().source().text, "a: 1");
    }
}
