//! The traps of translation between dialects that are known from the field, each by an id. Each has a
//! test that carries the id in its name: `oa_05_…`, or for several `oa_14_and_oa_15_…`, `os_03_to_06_…`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The kinds of traps, and how many there are of each, numbered from 1.
const TRAPS: [(&str, u32); 13] = [
    // A request of OpenAI's to Anthropic.
    ("oa", 34),
    // An answer of Anthropic's to a caller of OpenAI's dialect, whole.
    ("ao", 10),
    // The same, streamed.
    ("os", 14),
    // A request of Anthropic's to OpenAI.
    ("ai", 21),
    // A streamed answer of OpenAI's to a caller of Anthropic's dialect.
    ("sa", 18),
    // A request to Gemini.
    ("gm", 19),
    // An answer of Gemini's.
    ("gr", 11),
    // A request of Gemini's to others.
    ("gi", 11),
    // OpenAI's responses, in both directions.
    ("rs", 12),
    // Errors.
    ("er", 8),
    // Streams as such.
    ("ss", 5),
    // Usage and its cost.
    ("us", 10),
    // What passes untranslated.
    ("np", 3),
];

#[test]
fn every_known_trap_has_a_test_of_its_name() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut held = BTreeSet::new();
    for folder in ["crates", "tests"] {
        read(&root.join(folder), &mut held);
    }
    let all = TRAPS
        .iter()
        .flat_map(|(kind, count)| (1..=*count).map(move |at| (*kind, at)));
    let missing: Vec<String> = all
        .filter(|(kind, at)| !held.contains(&((*kind).to_owned(), *at)))
        .map(|(kind, at)| format!("{kind}_{at:02}"))
        .collect();
    assert!(missing.is_empty(), "no test has the name of {missing:?}");
}

/// Notes the traps in the names of the tests in a folder's files.
fn read(folder: &Path, held: &mut BTreeSet<(String, u32)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            if name != "node_modules" && name != "target" {
                read(&path, held);
            }
        } else if name.ends_with(".rs") || name.ends_with(".py") {
            let text = fs::read_to_string(&path).unwrap();
            for line in text.lines() {
                let line = line.trim_start();
                let test = line.strip_prefix("fn ").or(line.strip_prefix("def test_"));
                test.into_iter().for_each(|test| held.extend(ids(test)));
            }
        }
    }
}

/// The traps in a name.
fn ids(name: &str) -> Vec<(String, u32)> {
    let mut found: Vec<(String, u32)> = Vec::new();
    let (mut kind, mut through) = ("", false);
    for word in name.split(['_', '(']) {
        let number = word.parse::<u32>().ok().filter(|_| word.len() == 2);
        if TRAPS.iter().any(|(known, _)| *known == word) {
            kind = word;
        } else if let (Some(number), false) = (number, kind.is_empty()) {
            let last = found.last().map_or(number, |(_, last)| last + 1);
            let from = if through { last } else { number };
            found.extend((from..=number).map(|at| (kind.to_owned(), at)));
            through = false;
        } else if word == "to" {
            through = true;
        } else if word != "and" {
            break;
        }
    }
    found
}

#[test]
fn names_tell_one_trap_several_or_a_range() {
    let told = |name: &str| -> Vec<String> {
        let ids = ids(name).into_iter();
        ids.map(|(kind, at)| format!("{kind}_{at:02}")).collect()
    };
    assert_eq!(told("oa_05_results_come_first() {"), ["oa_05"]);
    assert_eq!(told("oa_14_and_oa_15_the_choice()"), ["oa_14", "oa_15"]);
    assert_eq!(told("ao_01_to_ao_03_blocks()"), ["ao_01", "ao_02", "ao_03"]);
    assert_eq!(told("ai_04_ai_07_media()"), ["ai_04", "ai_07"]);
    assert_eq!(told("os_01_02_a_text()"), ["os_01", "os_02"]);
    assert!(told("a_text_of_os_01()").is_empty());
}

#[test]
fn us_03_tokens_of_the_cache_are_told_whole_and_streamed_alike() {
    use crate::table::Cell;
    use crate::voice::Told;
    let mut passed = 0;
    for provider in crate::VOICES {
        for caller in crate::VOICES {
            // Where the two differ, or one of them is wrong, this panics.
            let cell = crate::answers::cell(provider, caller, Told::Cached);
            passed += u32::from(cell == Cell::Passes);
        }
    }
    assert!(passed > 30, "{passed} of the pairs tell of the cache");
}

#[test]
fn ao_08_gr_10_os_07_what_words_rest_on_is_told_whole_and_streamed_alike() {
    use crate::table::Cell;
    use crate::voice::Told;
    let mut passed = 0;
    for provider in crate::VOICES {
        for caller in crate::VOICES {
            let cell = crate::answers::cell(provider, caller, Told::Cited);
            passed += u32::from(cell == Cell::Passes);
        }
    }
    assert!(passed >= 25, "{passed} of the pairs tell of sources");
}
