//! Ids of answers and of the items in them, made of the call's id, so that an item leads to the
//! answer in which it came.

use tollgate_model::CallId;

/// How the id of an answer begins.
const ANSWER: &str = "resp_";

/// The id of an answer.
pub(super) fn answer(call: CallId) -> String {
    format!("{ANSWER}{}", plain(call))
}

/// The id of an item: `prefix` tells its kind, `at` is its place in the answer.
pub(super) fn item(prefix: &str, call: CallId, at: usize) -> String {
    format!("{prefix}_{}_{at}", plain(call))
}

/// The id of the answer in which an item came; `None` where the item is none of ours.
pub fn answer_of_item(item: &str) -> Option<String> {
    let mut words = item.split('_');
    let (_, call, at, None) = (words.next()?, words.next()?, words.next()?, words.next()) else {
        return None;
    };
    at.parse::<usize>().ok()?;
    CallId::parse(call).map(answer)
}

fn plain(call: CallId) -> String {
    let text = call.to_string();
    text.strip_prefix("call_").unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_leads_to_its_answer() {
        let call = CallId(7);
        let id = item("msg", call, 3);
        assert!(id.len() <= 64, "{id}");
        assert_eq!(answer_of_item(&id), Some(answer(call)));
        for foreign in [
            "msg_68af4030baa48193b0b43b4c2a176a1a",
            "msg_1_2",
            "",
            "rs_x_y_z",
        ] {
            assert_eq!(answer_of_item(foreign), None, "{foreign}");
        }
    }
}
