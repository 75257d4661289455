//! Makes the list of the built console's files, which the binary holds. Without a built console the
//! list is empty: building Tollgate takes no Node.

// What this prints is read by cargo.
#![allow(clippy::print_stdout)]

use std::fmt::Write;
use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::io;
use std::path::{Path, PathBuf};

/// The folder of the built console, from that of this crate.
const DIST: &str = "../../console/dist";

fn main() -> io::Result<()> {
    let dist = Path::new(DIST);
    // A folder that is missing would have cargo run this again every time.
    let _ = fs::create_dir(dist);
    println!("cargo:rerun-if-changed={DIST}");
    println!("cargo:rerun-if-changed=build.rs");
    let mut files = Vec::new();
    if dist.is_dir() {
        collect(dist, &mut files)?;
    }
    files.sort();
    let mut list = String::from("&[\n");
    for file in &files {
        list += &entry(dist, file)?;
    }
    list += "]\n";
    let out = std::env::var_os("OUT_DIR").unwrap_or_default();
    fs::write(Path::new(&out).join("assets.rs"), list)
}

/// Every file of the folder but those that are made from others and those that nobody shall see.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_compressed = matches!(extension(&path).as_str(), "gz" | "br");
        if name.starts_with('.') || is_compressed {
            continue;
        }
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// The file as an `Asset`.
fn entry(dist: &Path, file: &Path) -> io::Result<String> {
    let name = file.strip_prefix(dist).unwrap_or(file);
    let name = name.to_string_lossy().replace('\\', "/");
    let mut hasher = DefaultHasher::new();
    hasher.write(&fs::read(file)?);
    let hash = hasher.finish();
    let compressed = |end: &str| match dist.join(format!("{name}.{end}")).is_file() {
        true => format!("Some({})", include(&format!("{name}.{end}"))),
        false => "None".to_owned(),
    };
    let mut text = String::new();
    let written = writeln!(
        text,
        "    Asset {{ path: {:?}, kind: {:?}, plain: {}, gzip: {}, brotli: {}, hash: \"{hash:016x}\" }},",
        format!("/{name}"),
        kind(file),
        include(&name),
        compressed("gz"),
        compressed("br"),
    );
    written.map(|()| text).map_err(io::Error::other)
}

fn include(name: &str) -> String {
    format!(
        "include_bytes!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {:?}))",
        format!("/{DIST}/{name}")
    )
}

/// The content type of a file.
fn kind(file: &Path) -> &'static str {
    match extension(file).as_str() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn extension(file: &Path) -> String {
    let extension = file.extension().unwrap_or_default();
    extension.to_string_lossy().to_ascii_lowercase()
}
