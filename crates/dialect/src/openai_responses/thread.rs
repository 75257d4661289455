//! How calls of one conversation hang together: what is kept of an answer, and how a request that
//! goes on from one is made whole again.

use serde_json::value::RawValue;
use tollgate_model::Refusal;

use super::inbound::head;
use crate::codec::Head;
use crate::ladder::malformed;
use crate::scan;
use crate::splice::Splice;

pub use super::ids::answer_of_item;

/// What an earlier answer was given and said, each an array of items, in JSON.
#[derive(Clone, Copy, Debug)]
pub struct Earlier<'a> {
    /// All items that the model was shown.
    pub input: &'a str,
    /// The items of its answer.
    pub output: &'a str,
}

/// A request made whole: its input begins with the items of the answer that it goes on from, and the
/// items to which it only refers stand in it.
#[derive(Debug)]
pub struct Whole {
    /// The body.
    pub body: Vec<u8>,
    /// Its head, by which a provider of the dialect is not told of the earlier answer.
    pub head: Head,
}

/// Makes a request whole. `find` gives an item by its id, where it is kept; a reference to one that is
/// not stays as it is. Fails with `request_malformed` where the input is no list of items.
pub fn whole(
    body: &[u8],
    earlier: Option<Earlier<'_>>,
    mut find: impl FnMut(&str) -> Option<String>,
) -> Result<Whole, Refusal> {
    let object = scan::scan(body, ["input"])?;
    let [input] = object.values;
    let said = match input.map(|span| span.of(body)) {
        None => "[]".to_owned(),
        Some(text) => listed(text)?,
    };
    let mut items: Vec<String> = Vec::new();
    if let Some(earlier) = earlier {
        for list in [earlier.input, earlier.output] {
            items.extend(elements(list).into_iter().map(str::to_owned));
        }
    }
    for item in elements(&said) {
        let known = reference(item).and_then(|id| kept(&items, &id).or_else(|| find(&id)));
        items.push(known.unwrap_or_else(|| item.to_owned()));
    }
    let text = format!("[{}]", items.join(","));
    let mut splice = Splice::default();
    match input {
        Some(span) => splice.replace(span, text),
        None => splice.insert(object.place.at, object.place.member("input", &text)),
    }
    let body = splice.apply(body);
    let head = head::read(&body, true)?;
    Ok(Whole { body, head })
}

/// The input of a request as a list of items, in JSON: a text is a message of the user's.
pub fn input_of(body: &[u8]) -> Option<String> {
    let [input] = scan::scan(body, ["input"]).ok()?.values;
    match input {
        None => Some("[]".to_owned()),
        Some(span) => listed(span.of(body)).ok(),
    }
}

/// The ids of the items to which a request only refers.
pub fn references(body: &[u8]) -> Vec<String> {
    let input = input_of(body).unwrap_or_default();
    elements(&input).into_iter().filter_map(reference).collect()
}

/// The id of an answer, and its items as a list; `None` where the text is no answer.
pub fn parts_of(answer: &[u8]) -> Option<(String, &str)> {
    let [id, output] = scan::scan(answer, ["id", "output"]).ok()?.values;
    let id = serde_json::from_slice(id?.of(answer)).ok()?;
    let output = std::str::from_utf8(output?.of(answer)).ok()?;
    output.starts_with('[').then_some((id, output))
}

/// The item of this id in lists of items.
pub fn item_of<'a>(lists: &[&'a str], id: &str) -> Option<&'a str> {
    let items = lists.iter().flat_map(|list| elements(list));
    items.into_iter().find(|item| is_named(item, id))
}

/// One page of a list of items, as the dialect shows it, each with an id: the newest first where
/// `descending` says so, after the item `after`, at most `limit`.
pub fn page(input: &str, order: Order<'_>, answer: &str) -> String {
    let mut items: Vec<String> = elements(input)
        .into_iter()
        .enumerate()
        .map(|(at, item)| named(item, &format!("{answer}_{at}")))
        .collect();
    if order.descending {
        items.reverse();
    }
    let after = order
        .after
        .and_then(|id| items.iter().position(|item| is_named(item, id)));
    let begin = after.map_or(0, |at| at + 1);
    let rest = items.get(begin..).unwrap_or_default();
    let shown = rest.get(..order.limit).unwrap_or(rest);
    let id = |item: Option<&String>| {
        let id = item.and_then(|item| id_of(item));
        serde_json::to_string(&id).unwrap_or_default()
    };
    format!(
        "{{\"object\":\"list\",\"data\":[{}],\"first_id\":{},\"last_id\":{},\"has_more\":{}}}",
        shown.join(","),
        id(shown.first()),
        id(shown.last()),
        rest.len() > shown.len(),
    )
}

/// Which items of a list are shown.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    /// Whether the newest comes first.
    pub descending: bool,
    /// The item after which the page begins.
    pub after: Option<&'a str>,
    /// The most items: 1 to 100.
    pub limit: usize,
}

fn listed(text: &[u8]) -> Result<String, Refusal> {
    let text = std::str::from_utf8(text).unwrap_or("null");
    match text.as_bytes().first() {
        Some(b'[') => Ok(text.to_owned()),
        Some(b'"') => Ok(format!(
            "[{{\"type\":\"message\",\"role\":\"user\",\
             \"content\":[{{\"type\":\"input_text\",\"text\":{text}}}]}}]"
        )),
        _ if text == "null" => Ok("[]".to_owned()),
        _ => Err(malformed(
            "input",
            "`input` must be a text or an array of items.",
        )),
    }
}

fn elements(list: &str) -> Vec<&str> {
    let items: Vec<&RawValue> = serde_json::from_str(list).unwrap_or_default();
    items.into_iter().map(RawValue::get).collect()
}

/// The id of the item to which an item refers; `None` where it is an item itself.
fn reference(item: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Reference {
        r#type: Option<String>,
        id: String,
    }
    let known: Reference = serde_json::from_str(item).ok()?;
    let refers = known.r#type.as_deref() == Some("item_reference");
    refers.then_some(known.id)
}

fn kept(items: &[String], id: &str) -> Option<String> {
    items.iter().find(|item| is_named(item, id)).cloned()
}

fn is_named(item: &str, id: &str) -> bool {
    id_of(item).as_deref() == Some(id)
}

fn id_of(item: &str) -> Option<String> {
    let [id] = scan::scan(item.as_bytes(), ["id"]).ok()?.values;
    serde_json::from_slice(id?.of(item.as_bytes())).ok()
}

/// An item with an id, which may be its own.
fn named(item: &str, id: &str) -> String {
    let Ok(object) = scan::scan(item.as_bytes(), ["id"]) else {
        return item.to_owned();
    };
    if id_of(item).is_some() || object.values != [None] {
        return item.to_owned();
    }
    let mut text = item.to_owned();
    let member = object.place.member("id", &format!("\"{id}\""));
    text.insert_str(object.place.at, &member);
    text
}
