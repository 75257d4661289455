//! Pictures and documents: their formats by media type, and the names that documents must have.

use std::collections::HashSet;

/// The longest name of a document, with room for a number.
const LONGEST_NAME: usize = 190;
/// The name of a document that has none.
const UNNAMED: &str = "document";

/// Formats of pictures.
const IMAGES: [(&str, &str); 4] = [
    ("png", "image/png"),
    ("jpeg", "image/jpeg"),
    ("gif", "image/gif"),
    ("webp", "image/webp"),
];

/// Formats of documents.
const DOCUMENTS: [(&str, &str); 9] = [
    ("pdf", "application/pdf"),
    ("csv", "text/csv"),
    ("doc", "application/msword"),
    (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    ("xls", "application/vnd.ms-excel"),
    (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    ("html", "text/html"),
    ("txt", "text/plain"),
    ("md", "text/markdown"),
];

/// Formats of recordings that others know, too.
const RECORDINGS: [(&str, &str); 6] = [
    ("mp3", "audio/mp3"),
    ("wav", "audio/wav"),
    ("flac", "audio/flac"),
    ("ogg", "audio/ogg"),
    ("aac", "audio/aac"),
    ("opus", "audio/opus"),
];

/// The format of a picture of this media type.
pub(super) fn image_format(mime: &str) -> Option<&'static str> {
    match mime.eq_ignore_ascii_case("image/jpg") {
        true => Some("jpeg"),
        false => format_of(&IMAGES, mime),
    }
}

/// The media type of a picture of this format.
pub(super) fn image_type(format: &str) -> Option<&'static str> {
    type_of(&IMAGES, format)
}

/// The format of a document of this media type; every other text is plain text.
pub(super) fn document_format(mime: &str) -> Option<&'static str> {
    let is_text = || {
        mime.get(..5)
            .is_some_and(|kind| kind.eq_ignore_ascii_case("text/"))
    };
    format_of(&DOCUMENTS, mime).or_else(|| is_text().then_some("txt"))
}

/// The media type of a document of this format.
pub(super) fn document_type(format: &str) -> Option<&'static str> {
    type_of(&DOCUMENTS, format)
}

/// The media type of a recording of this format.
pub(super) fn audio_type(format: &str) -> Option<&'static str> {
    type_of(&RECORDINGS, format)
}

fn format_of(table: &[(&'static str, &'static str)], mime: &str) -> Option<&'static str> {
    let mime = mime.split(';').next().unwrap_or_default().trim();
    let mut found = table
        .iter()
        .filter(|(_, known)| known.eq_ignore_ascii_case(mime));
    found.next().map(|(format, _)| *format)
}

fn type_of(table: &[(&'static str, &'static str)], format: &str) -> Option<&'static str> {
    let mut found = table.iter().filter(|(known, _)| *known == format);
    found.next().map(|(_, mime)| *mime)
}

/// The names of the documents of one request, none of which may occur twice.
#[derive(Debug, Default)]
pub(super) struct Names(HashSet<String>);

impl Names {
    /// The name of a document with this title: letters, digits, single spaces, hyphens, parentheses
    /// and brackets, without what its format says already.
    pub(super) fn of(&mut self, title: Option<&str>, format: &str) -> String {
        let stem = plain(without_extension(title.unwrap_or_default(), format));
        let mut name = stem.clone();
        let mut number = 1;
        while !self.0.insert(name.clone()) {
            number += 1;
            name = format!("{stem} {number}");
        }
        name
    }
}

fn without_extension<'a>(title: &'a str, format: &str) -> &'a str {
    match title.rsplit_once('.') {
        Some((stem, end)) if end.eq_ignore_ascii_case(format) => stem,
        _ => title,
    }
}

fn plain(title: &str) -> String {
    let taken = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '(' | ')' | '[' | ']');
    let spaced: String = title
        .chars()
        .take(LONGEST_NAME)
        .map(|c| if taken(c) { c } else { ' ' })
        .collect();
    let words: Vec<&str> = spaced.split_whitespace().collect();
    match words.is_empty() {
        true => UNNAMED.to_owned(),
        false => words.join(" "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_has_a_name_that_bedrock_takes_and_no_two_have_the_same() {
        let mut names = Names::default();
        for (title, format, want) in [
            (
                Some("Annual_report  (2025).pdf"),
                "pdf",
                "Annual report (2025)",
            ),
            (
                Some("Annual report (2025)"),
                "pdf",
                "Annual report (2025) 2",
            ),
            (Some("a/b:c.v2.txt"), "txt", "a b c v2"),
            (Some("notes.md"), "txt", "notes md"),
            (Some("Überblick"), "pdf", "berblick"),
            (Some("…"), "pdf", "document"),
            (None, "pdf", "document 2"),
        ] {
            assert_eq!(names.of(title, format), want);
        }
        let long = names.of(Some(&"x".repeat(300)), "pdf");
        assert_eq!(long.len(), LONGEST_NAME);
    }

    #[test]
    fn formats_and_media_types_say_the_same() {
        for (format, mime) in DOCUMENTS {
            assert_eq!(document_format(mime), Some(format));
            assert_eq!(document_type(format), Some(mime));
        }
        assert_eq!(document_format("text/x-python; charset=utf-8"), Some("txt"));
        assert_eq!(document_format("application/zip"), None);
        assert_eq!(image_format("image/JPG"), Some("jpeg"));
        assert_eq!(image_type("gif"), Some("image/gif"));
        assert_eq!(image_format("image/tiff"), None);
    }
}
