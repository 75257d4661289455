//! Resources as they stand in files: YAML or JSON, many to a file, each checked before anything is
//! sent, every fault named by file, document and line.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use tollgate_model::resource::{Document, SpecError, with_suggestion};

use crate::failure::Failure;
use crate::tree::{self, Tree};

/// A document and the place where it stands.
#[derive(Debug)]
pub(crate) struct Placed {
    file: String,
    number: usize,
    tree: Tree,
    /// What it says.
    pub document: Document,
}

impl Placed {
    fn place(&self, path: &str) -> String {
        place(&self.file, self.number, self.tree.line_of(path))
    }
}

fn place(file: &str, number: usize, line: u64) -> String {
    match line {
        0 => format!("{file}, document {number}"),
        _ => format!("{file}, document {number}, line {line}"),
    }
}

/// Reads every document of a file, of the YAML and JSON files in a folder, or of stdin (`-`). Fails
/// with every fault that was found, one to a line.
pub(crate) fn read(source: &str) -> Result<Vec<Placed>, Failure> {
    let mut documents = Vec::new();
    let mut faults = Vec::new();
    for (name, text) in texts(source)? {
        read_text(&name, &text, &mut documents, &mut faults);
    }
    faults.extend(repeated(&documents));
    if faults.is_empty() {
        Ok(documents)
    } else {
        Err(Failure::Fault(faults.join("\n")))
    }
}

/// Puts the place of a file before a fault that the server found: its text begins with kind and
/// name of the resource (`Model smart: spec.targets[0].provider: …`).
pub(crate) fn locate(documents: &[Placed], fault: &str) -> String {
    let of = |placed: &&Placed| {
        let subject = format!("{} {}: ", placed.document.kind, placed.document.name);
        fault.starts_with(&subject)
    };
    let Some(placed) = documents.iter().find(of) else {
        return fault.to_owned();
    };
    let path = fault.split(": ").nth(1).unwrap_or_default();
    format!("{}: {fault}", placed.place(path))
}

/// Writes resources as YAML that [`read`] takes. Members besides `kind`, `name` and `spec` are left
/// out.
pub(crate) fn write(resources: &[Value]) -> Result<String, Failure> {
    let document = |resource: &Value| -> Map<String, Value> {
        let members = ["kind", "name", "spec"].into_iter();
        let given = members.filter_map(|m| Some((m.to_owned(), resource.get(m)?.clone())));
        given.collect()
    };
    let documents: Vec<_> = resources.iter().map(document).collect();
    let options = serde_saphyr::ser_options! { prefer_block_scalars: false };
    serde_saphyr::to_string_multiple_with_options(&documents, options)
        .map_err(|why| Failure::fault("cannot write YAML", why))
}

fn texts(source: &str) -> Result<Vec<(String, String)>, Failure> {
    let unreadable =
        |name: &str, why: io::Error| Failure::Usage(format!("cannot read {name}: {why}"));
    if source == "-" {
        let mut text = String::new();
        io::stdin()
            .read_to_string(&mut text)
            .map_err(|why| unreadable("stdin", why))?;
        return Ok(vec![("stdin".to_owned(), text)]);
    }
    let path = Path::new(source);
    let files = if path.is_dir() {
        let mut files = Vec::new();
        collect(path, &mut files).map_err(|why| unreadable(source, why))?;
        files.sort();
        if files.is_empty() {
            let message = format!("there is no .yaml, .yml or .json file in {source}");
            return Err(Failure::Usage(message));
        }
        files
    } else {
        vec![path.to_owned()]
    };
    let read = |file: PathBuf| {
        let name = file.display().to_string();
        match fs::read_to_string(&file) {
            Ok(text) => Ok((name, text)),
            Err(why) => Err(unreadable(&name, why)),
        }
    };
    files.into_iter().map(read).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let extension = path
            .extension()
            .and_then(|e| e.to_str())
            .unwrap_or_default();
        if path.is_dir() {
            collect(&path, files)?;
        } else if ["yaml", "yml", "json"].contains(&extension) {
            files.push(path);
        }
    }
    Ok(())
}

fn read_text(file: &str, text: &str, documents: &mut Vec<Placed>, faults: &mut Vec<String>) {
    let trees = match tree::parse(text) {
        Ok(trees) => trees,
        Err(error) => {
            let place = place(file, error.document, error.line);
            faults.push(format!("{place}: {}", error.message));
            return;
        }
    };
    let numbered = trees.into_iter().enumerate();
    for (number, tree) in numbered.flat_map(|(at, tree)| {
        let items = tree.into_items().into_iter();
        items.map(move |item| (at + 1, item))
    }) {
        match check(&tree) {
            Ok(document) => documents.push(Placed {
                file: file.to_owned(),
                number,
                tree,
                document,
            }),
            Err(fault) => {
                let line = tree.line_of(&fault.path);
                faults.push(format!("{}: {}", place(file, number, line), fault.message));
            }
        }
    }
}

/// What is wrong with a document, and the path in it that leads there.
struct Fault {
    path: String,
    message: String,
}

fn check(tree: &Tree) -> Result<Document, Fault> {
    let document: Document = serde_path_to_error::deserialize(tree.to_json()).map_err(|error| {
        let path = error.path().to_string();
        let message = with_suggestion(&error.into_inner().to_string());
        Fault {
            path: member(&path, &message),
            message,
        }
    })?;
    match document.check() {
        Ok(_) => Ok(document),
        Err(SpecError { place, message }) => {
            let path = place.split(": ").nth(1).unwrap_or_default();
            Err(Fault {
                path: member(path, &message),
                message: format!("{place}: {}{}", message, hint(&message)),
            })
        }
    }
}

/// The path of the member that an error about its parent names.
fn member(path: &str, message: &str) -> String {
    match message.strip_prefix("unknown field `") {
        Some(rest) => {
            let name = rest.split('`').next().unwrap_or_default();
            format!("{path}.{name}").trim_start_matches('.').to_owned()
        }
        None => path.to_owned(),
    }
}

/// Amounts and rates are decimal strings, so that no float comes near money.
fn hint(message: &str) -> &'static str {
    let number = message.starts_with("invalid type: floating point")
        || message.starts_with("invalid type: integer");
    if number && message.contains("string") {
        "; put it in quotes"
    } else {
        ""
    }
}

fn repeated(documents: &[Placed]) -> Vec<String> {
    let mut seen = HashMap::new();
    let mut faults = Vec::new();
    for placed in documents {
        let key = (placed.document.kind, &placed.document.name);
        if let Some(first) = seen.insert(key, placed.place("")) {
            let Document { kind, name, .. } = &placed.document;
            let here = placed.place("");
            faults.push(format!("{here}: {kind} {name} stands at {first} already"));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn faults(text: &str) -> String {
        let (mut documents, mut faults) = (Vec::new(), Vec::new());
        read_text("f.yaml", text, &mut documents, &mut faults);
        faults.extend(repeated(&documents));
        let brief = |fault: String| match fault.split_once(", expected one of") {
            Some((start, rest)) => {
                let end = rest.rsplit_once(';').map_or("", |(_, end)| end);
                format!("{start};{end}")
            }
            None => fault,
        };
        let faults: Vec<_> = faults.into_iter().map(brief).collect();
        faults.join("\n")
    }

    #[test]
    fn every_fault_names_file_document_and_line() {
        let text = "\
kind: Team
name: acme
---
kind: Modle
name: smart
---
kind: Provider
name: openai
spec:
  base_url: https://api.openai.com/v1
  credentails: []
---
kind: Budget
name: month
spec:
  scope: { team: acme }
  limit: 250.00
  window: month
---
kind: Team
name: acme
";
        insta::assert_snapshot!(faults(text), @r"
        f.yaml, document 2, line 4: unknown variant `Modle`; did you mean `Model`?
        f.yaml, document 3, line 11: Provider openai: spec.credentails: unknown field `credentails`; did you mean `credentials`?
        f.yaml, document 4, line 17: Budget month: spec.limit: invalid type: floating point `250.0`, expected a string; put it in quotes
        f.yaml, document 5, line 20: Team acme stands at f.yaml, document 1, line 1 already
        ");
    }

    #[test]
    fn a_mistake_in_the_syntax_stops_the_file() {
        insta::assert_snapshot!(faults("kind: Team\nname: a\n---\nkind: {\n"), @"f.yaml, document 2, line 4: unclosed bracket '{'");
    }

    #[test]
    fn a_fault_of_the_server_is_found_in_the_file() {
        let text = "\
kind: Model
name: smart
spec:
  targets:
    - provider: openia
      model: gpt-5
";
        let (mut documents, mut found) = (Vec::new(), Vec::new());
        read_text("f.yaml", text, &mut documents, &mut found);
        let fault = "Model smart: spec.targets[0].provider: there is no Provider \"openia\"";
        assert_eq!(
            locate(&documents, fault),
            format!("f.yaml, document 1, line 5: {fault}")
        );
        let other = "Model other: spec: nothing";
        assert_eq!(locate(&documents, other), other);
    }

    #[test]
    fn what_is_written_is_read_back_the_same() {
        let resources = [
            json!({ "kind": "Team", "name": "a", "spec": { "title": "yes" }, "revision": 3 }),
            json!({ "kind": "Budget", "name": "b", "spec": {
                "scope": { "team": "a" }, "limit": "250.00", "window": "month",
            }}),
            json!({ "kind": "Key", "name": "k", "spec": {
                "application": "1e3", "expires_at": "2027-01-01T00:00:00Z",
                "hash": format!("sha256:{}", "0".repeat(64)), "hint": "tg_: #x", "models": ["a*"],
            }}),
        ];
        let text = write(&resources).unwrap();
        let (mut documents, mut found) = (Vec::new(), Vec::new());
        read_text("f.yaml", &text, &mut documents, &mut found);
        assert_eq!(found, Vec::<String>::new(), "{text}");
        for (placed, resource) in documents.iter().zip(&resources) {
            assert_eq!(placed.document.spec, resource["spec"], "{text}");
            assert_eq!(json!(placed.document.name), resource["name"]);
        }
        assert_eq!(documents.len(), resources.len());
    }

    #[test]
    fn json_and_lists_are_read_too() {
        let text = r#"[{"kind":"Team","name":"a"},{"kind":"Team","name":"b","spec":{}}]"#;
        let (mut documents, mut found) = (Vec::new(), Vec::new());
        read_text("f.json", text, &mut documents, &mut found);
        assert_eq!(found, Vec::<String>::new());
        let names: Vec<_> = documents.iter().map(|p| p.document.name.as_str()).collect();
        assert_eq!(names, ["a", "b"]);
    }
}
