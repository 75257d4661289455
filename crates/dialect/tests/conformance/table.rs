//! The page.

use std::fmt;

use tollgate_model::Refusal;

use crate::voice::{Told, Voice, Wish};
use crate::{answers, requests};

/// What becomes of a feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    /// It comes through.
    Passes,
    /// The request is served, and the caller told that these members were dropped.
    Loses(Vec<String>),
    /// The request is refused.
    Refused { status: u16, param: String },
    /// The dialect in which it would be said has no way to say it.
    Unsaid,
    /// The caller's dialect has no way to say it of an answer.
    Untold,
}

impl Cell {
    pub(crate) fn served(lost: Vec<String>) -> Cell {
        if lost.is_empty() {
            Cell::Passes
        } else {
            Cell::Loses(lost)
        }
    }

    pub(crate) fn refused(refusal: &Refusal) -> Cell {
        assert!((400..500).contains(&refusal.status), "{refusal:?}");
        assert!(!refusal.detail.is_empty());
        Cell::Refused {
            status: refusal.status,
            param: refusal.param.clone().unwrap_or_default(),
        }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cell::Passes => f.write_str("passes"),
            Cell::Loses(lost) => write!(f, "loses `{}`", lost.join("`, `")),
            Cell::Refused { status, param } => write!(f, "{status}: `{param}`"),
            Cell::Unsaid => f.write_str("·"),
            Cell::Untold => f.write_str("left out"),
        }
    }
}

const HEAD: &str = "# Compatibility

What comes through between a caller of one dialect and a provider of another. Each cell is what the
codecs did in the tests of this version.

| | |
|---|---|
| passes | the provider is told the same, or the caller reads the same, plain and streamed |
| loses `member` | the call is served without it, and says so in `x-tollgate-dropped`; with `x-tollgate-strict: true` it is refused |
| 400: `member` | the call is refused, since leaving the member out would change the result; another target may be able to serve it |
| left out | the dialect of the caller has no way to say it of an answer |
| · | the dialect has no way to say it at all |

Where caller and provider speak the same dialect, everything passes byte for byte, members that nobody
here knows included; a 400 there is what has no known price. What a single model of a provider cannot do
is not in these tables; [dialects](dialects.md) tells of both.
";

/// The whole page.
pub(crate) fn page(voices: &[&dyn Voice]) -> String {
    let mut page = HEAD.to_owned();
    for caller in voices {
        page.push_str(&format!("\n## Requests of `{}`\n\n", caller.dialect()));
        let row = |wish: Wish| {
            let cells = voices
                .iter()
                .map(|provider| requests::cell(*caller, *provider, wish));
            (wish.title(), cells.collect())
        };
        let rows = Wish::ALL.iter().map(|wish| row(*wish));
        page.push_str(&grid("to", voices, rows));
    }
    for caller in voices {
        page.push_str(&format!("\n## Answers to `{}`\n\n", caller.dialect()));
        let row = |told: Told| {
            let cells = voices
                .iter()
                .map(|provider| answers::cell(*provider, *caller, told));
            (told.title(), cells.collect())
        };
        let rows = Told::ALL.iter().map(|told| row(*told));
        page.push_str(&grid("from", voices, rows));
    }
    page
}

/// A table with a column per dialect of providers. A row that nobody can say is left out.
fn grid(
    side: &str,
    voices: &[&dyn Voice],
    rows: impl Iterator<Item = (&'static str, Vec<Cell>)>,
) -> String {
    let names: Vec<String> = voices
        .iter()
        .map(|voice| format!(" {side} `{}` |", voice.dialect()))
        .collect();
    let mut grid = format!(
        "| |{}\n|---|{}\n",
        names.concat(),
        "---|".repeat(voices.len())
    );
    for (title, cells) in rows {
        if cells.iter().any(|cell| *cell != Cell::Unsaid) {
            let cells: Vec<String> = cells.iter().map(|cell| format!(" {cell} |")).collect();
            grid.push_str(&format!("| {title} |{}\n", cells.concat()));
        }
    }
    grid
}
