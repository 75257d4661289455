//! The report: what of a source was taken over, changed, left out, or not understood.

use std::collections::HashMap;
use std::fmt::Write;

use serde::Serialize;

use crate::tree::Tree;

/// What became of a part of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Fate {
    /// It is here as it was there.
    Taken,
    /// It is here, but not as it was there.
    Changed,
    /// It has no place here.
    Left,
    /// Nobody knows what it means.
    Unknown,
}

/// One line of the report. It never holds a value of the source that could be a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Where in the source; several where the same holds for all of them.
    pub places: Vec<String>,
    /// The line of the first place; absent where the source has no lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// What it has become, or why it has not.
    pub what: String,
    /// What to do instead, where something can be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instead: Option<String>,
}

/// What became of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What is here as it was there.
    pub taken: Vec<Entry>,
    /// What is here, but not as it was there.
    pub changed: Vec<Entry>,
    /// What has no place here.
    pub left: Vec<Entry>,
    /// What nobody knows the meaning of.
    pub unknown: Vec<Entry>,
    /// The place of an entry in its list, by what it says of which member.
    #[serde(skip)]
    index: HashMap<(Fate, String, String), usize>,
}

/// How many places of an entry people are shown.
const SHOWN: usize = 3;

impl Report {
    pub(crate) fn taken(&mut self, at: &Tree, what: impl Into<String>) {
        self.note(Fate::Taken, at, what.into(), None);
    }

    pub(crate) fn changed(&mut self, at: &Tree, how: impl Into<String>) {
        self.note(Fate::Changed, at, how.into(), None);
    }

    /// Leaves out a member with everything below it.
    pub(crate) fn left(&mut self, at: &Tree, why: impl Into<String>, instead: &str) {
        at.claim();
        let instead = (!instead.is_empty()).then(|| instead.to_owned());
        self.note(Fate::Left, at, why.into(), instead);
    }

    /// Notes everything that nobody looked at.
    pub(crate) fn forgotten(&mut self, root: &Tree) {
        for tree in root.forgotten() {
            let what = "this member is not known to the import".to_owned();
            self.note(Fate::Unknown, tree, what, None);
        }
    }

    fn note(&mut self, fate: Fate, at: &Tree, what: String, instead: Option<String>) {
        let place = match at.path() {
            "" => "the whole file".to_owned(),
            path => path.to_owned(),
        };
        let line = Some(at.line()).filter(|line| *line > 0);
        self.add(fate, place, line, (what, instead));
    }

    /// Adds an entry, or its place to the entry that says the same of the same member elsewhere.
    pub(crate) fn add(
        &mut self,
        fate: Fate,
        place: String,
        line: Option<u64>,
        (what, instead): (String, Option<String>),
    ) {
        let list = match fate {
            Fate::Taken => &mut self.taken,
            Fate::Changed => &mut self.changed,
            Fate::Left => &mut self.left,
            Fate::Unknown => &mut self.unknown,
        };
        let key = (fate, general(&place), what.clone());
        let at = *self.index.entry(key).or_insert(list.len());
        match list.get_mut(at) {
            Some(entry) if entry.places.last() == Some(&place) => {}
            Some(entry) => entry.places.push(place),
            None => list.push(Entry {
                places: vec![place],
                line,
                what,
                instead,
            }),
        }
    }

    /// The report for people.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (title, entries) in [
            ("Taken over", &self.taken),
            ("Changed", &self.changed),
            ("Left out", &self.left),
            ("Not understood", &self.unknown),
        ] {
            if entries.is_empty() {
                continue;
            }
            let _ = writeln!(text, "{title} ({})", entries.len());
            for entry in entries {
                entry.write(&mut text);
            }
            text.push('\n');
        }
        text
    }
}

impl Entry {
    fn write(&self, text: &mut String) {
        let shown: Vec<&str> = self.places.iter().take(SHOWN).map(String::as_str).collect();
        let mut places = shown.join(", ");
        if let Some(line) = self.line.filter(|_| self.places.len() == 1) {
            let _ = write!(places, " (line {line})");
        }
        if let Some(more) = self
            .places
            .len()
            .checked_sub(SHOWN)
            .filter(|more| *more > 0)
        {
            let _ = write!(places, " and {more} more");
        }
        let _ = writeln!(text, "  {places}\n      {}", self.what);
        if let Some(instead) = &self.instead {
            let _ = writeln!(text, "      Instead: {instead}");
        }
    }
}

/// A place without what stands in brackets: `channels[].models`.
fn general(place: &str) -> String {
    let mut shape = String::with_capacity(place.len());
    let mut depth = 0u32;
    for letter in place.chars() {
        match letter {
            '[' => {
                depth += 1;
                shape.push('[');
            }
            ']' => {
                depth = depth.saturating_sub(1);
                shape.push(']');
            }
            letter if depth == 0 => shape.push(letter),
            _ => {}
        }
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_for_many_rows_is_said_once() {
        let mut report = Report::default();
        for id in 1..=5 {
            let place = format!("channels[{id}].test_time");
            let what = ("a measurement".to_owned(), None);
            report.add(Fate::Left, place, None, what);
        }
        let (what, instead) = ("no place".to_owned(), Some("a budget".to_owned()));
        report.add(Fate::Left, "a.b".to_owned(), Some(7), (what, instead));
        insta::assert_snapshot!(report.text(), @r"
        Left out (2)
          channels[1].test_time, channels[2].test_time, channels[3].test_time and 2 more
              a measurement
          a.b (line 7)
              no place
              Instead: a budget
        ");
        assert_eq!(report.left[0].places.len(), 5);
    }
}
