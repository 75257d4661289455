//! Sealing: AES-256-GCM under a key that is kept in a file beside the database, never in it.

use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use aws_lc_rs::{digest, hmac, rand};
use tollgate_model::KeyPairs;

/// Bytes of a sealing key.
const LENGTH: usize = 32;

/// Why there is no sealing key.
#[derive(Debug, thiserror::Error)]
pub enum SealingError {
    /// The file cannot be read or made.
    #[error("the sealing key {path}: {error}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// Others than the file's owner may read or write it.
    #[error(
        "the sealing key {path} is open to others (mode {mode:o}): allow it to its owner only, \
         with chmod 600"
    )]
    OpenToOthers {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The file does not hold a key.
    #[error("the sealing key {path} holds {length} bytes, and a key is 32 bytes: restore the file")]
    NoKey {
        /// The file.
        path: PathBuf,
        /// Its length.
        length: usize,
    },
    /// The cryptographic library failed.
    #[error("no sealing key could be made: the system gives no random bytes")]
    NoRandom,
}

/// A key that seals secrets. It is never shown; [`SealingKey::id`] tells keys apart.
pub struct SealingKey {
    key: RandomizedNonceKey,
    pairs: KeyPairs,
    id: String,
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingKey({})", self.id)
    }
}

/// A sealed text.
pub(crate) struct Sealed {
    pub(crate) nonce: Vec<u8>,
    pub(crate) bytes: Vec<u8>,
}

impl SealingKey {
    /// Reads the key from a file, or makes a file with a new key, readable by its owner only, where
    /// there is none. A file that is open to others is refused.
    pub fn load_or_create(path: &Path) -> Result<SealingKey, SealingError> {
        let failed = |error| SealingError::Io {
            path: path.to_owned(),
            error,
        };
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut fresh = [0; LENGTH];
                rand::fill(&mut fresh).map_err(|_| SealingError::NoRandom)?;
                write_new(path, &fresh).map_err(failed)?;
                std::fs::read(path).map_err(failed)?
            }
            Err(error) => return Err(failed(error)),
        };
        check_mode(path)?;
        let key = <[u8; LENGTH]>::try_from(bytes.as_slice()).map_err(|_| SealingError::NoKey {
            path: path.to_owned(),
            length: bytes.len(),
        })?;
        SealingKey::new(&key)
    }

    /// The key of these bytes, which must be random.
    pub fn new(bytes: &[u8; LENGTH]) -> Result<SealingKey, SealingError> {
        let key =
            RandomizedNonceKey::new(&AES_256_GCM, bytes).map_err(|_| SealingError::NoRandom)?;
        let mut named = digest::Context::new(&digest::SHA256);
        named.update(b"the id of a sealing key of Tollgate");
        named.update(bytes);
        let hash = named.finish();
        let id = hash.as_ref().iter().take(8).map(|b| format!("{b:02x}"));
        // Another key for another purpose, made of the one that is kept.
        let root = hmac::sign(
            &hmac::Key::new(hmac::HMAC_SHA256, bytes),
            b"the root of Tollgate's key pairs in AWS's form",
        );
        let root = <[u8; LENGTH]>::try_from(root.as_ref()).map_err(|_| SealingError::NoRandom)?;
        Ok(SealingKey {
            key,
            pairs: KeyPairs::new(&root),
            id: id.collect(),
        })
    }

    /// Tells this key from others; says nothing about it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What makes the secrets of key pairs in AWS's form; another sealing key makes other secrets.
    pub fn pairs(&self) -> &KeyPairs {
        &self.pairs
    }

    /// Seals a text so that it can be opened under the same name only.
    pub(crate) fn seal(&self, name: &str, text: &str) -> Option<Sealed> {
        let mut bytes = text.as_bytes().to_vec();
        let nonce = self
            .key
            .seal_in_place_append_tag(Aad::from(name.as_bytes()), &mut bytes)
            .ok()?;
        let nonce = nonce.as_ref().to_vec();
        Some(Sealed { nonce, bytes })
    }

    /// Opens a sealed text; `None` where key, name or bytes are not those that were sealed.
    pub(crate) fn open(&self, name: &str, sealed: &Sealed) -> Option<String> {
        let nonce = Nonce::try_assume_unique_for_key(&sealed.nonce).ok()?;
        let mut bytes = sealed.bytes.clone();
        let text = self
            .key
            .open_in_place(nonce, Aad::from(name.as_bytes()), &mut bytes)
            .ok()?;
        std::str::from_utf8(text).ok().map(str::to_owned)
    }
}

/// The file appears with all of its bytes or not at all; one that another process has made in the
/// meantime is left as it is.
fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let draft = path.with_extension(format!("new-{}", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    let linked = written.and_then(|()| std::fs::hard_link(&draft, path));
    std::fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

#[cfg(unix)]
fn check_mode(path: &Path) -> Result<(), SealingError> {
    let metadata = std::fs::metadata(path).map_err(|error| SealingError::Io {
        path: path.to_owned(),
        error,
    })?;
    let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(SealingError::OpenToOthers {
        path: path.to_owned(),
        mode,
    })
}

#[cfg(not(unix))]
fn check_mode(_: &Path) -> Result<(), SealingError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_under_the_same_key_and_name_only() {
        let key = SealingKey::new(&[1; 32]).unwrap();
        let other = SealingKey::new(&[2; 32]).unwrap();
        let mut sealed = key.seal("openai", "sk-something").unwrap();
        assert_eq!(key.open("openai", &sealed).unwrap(), "sk-something");
        assert_eq!(key.open("anthropic", &sealed), None);
        assert_eq!(other.open("openai", &sealed), None);
        sealed.bytes[0] ^= 1;
        assert_eq!(key.open("openai", &sealed), None);
    }

    #[test]
    fn the_same_text_is_never_sealed_alike() {
        let key = SealingKey::new(&[1; 32]).unwrap();
        let (one, two) = (key.seal("a", "x").unwrap(), key.seal("a", "x").unwrap());
        assert_ne!(one.nonce, two.nonce);
        assert_ne!(one.bytes, two.bytes);
    }

    #[test]
    fn a_key_shows_its_id_and_nothing_else() {
        let key = SealingKey::new(&[7; 32]).unwrap();
        assert_eq!(format!("{key:?}"), format!("SealingKey({})", key.id()));
        assert_eq!(key.id().len(), 16);
    }
}
