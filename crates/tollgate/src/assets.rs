//! The files of the console, as `build.rs` found them.

use tollgate_control::Asset;

/// The files of the built console; none where it was not built before the binary.
pub(crate) const CONSOLE: &[Asset] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_built_console_is_here_with_its_page_and_no_file_twice() {
        let mut paths: Vec<&str> = CONSOLE.iter().map(|asset| asset.path).collect();
        assert!(CONSOLE.is_empty() || paths.contains(&"/index.html"));
        let all = paths.len();
        paths.sort_unstable();
        paths.dedup();
        assert_eq!(paths.len(), all);
        for asset in CONSOLE {
            assert!(asset.path.starts_with('/') && !asset.path.contains("/."));
            assert!(!asset.path.ends_with(".br") && !asset.path.ends_with(".gz"));
            assert_ne!(asset.kind, "application/octet-stream", "{}", asset.path);
            let mut compressed = [asset.gzip, asset.brotli].into_iter().flatten();
            assert!(compressed.all(|form| form.len() < asset.plain.len()));
        }
    }
}
